//! Who asks, and whether they may.

use posto_domain::policy::{Action, Actor, Resource, ResourceKind};
use posto_domain::{DocumentId, Kind, PatientId, UserId};

use super::audit::{Access, Outcome};
use super::{App, AppError, AppResult};

/// Who asks for something, with what the audit trail says about them.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Actor,
    /// The desk: what the session was opened from.
    pub desk: String,
}

impl Caller {
    /// The person at the command line of the machine.
    pub fn operator(app: &App) -> Self {
        Self { actor: Actor::operator(app.identity.place.clinic.id), desk: "console".to_owned() }
    }

    /// Their user id, or a reserved one.
    pub fn user(&self) -> UserId {
        self.actor.user
    }

    /// The roles as the audit trail writes them.
    pub(crate) fn roles(&self) -> String {
        self.actor.roles.iter().map(|held| held.role.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl App {
    /// Something of this clinic, at this node's place.
    pub(crate) fn resource(&self, kind: ResourceKind) -> Resource {
        let place = &self.identity.place;
        Resource::of(kind, place.clinic.id).at(place.locations.first().map(|location| location.id))
    }

    /// A patient of this clinic.
    pub(crate) fn patient_resource(&self, kind: ResourceKind, patient: PatientId) -> Resource {
        self.resource(kind).about(patient)
    }

    /// Asks the policies. A refusal leaves an audit row.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub(crate) fn authorize(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource,
        record: Option<(Kind, DocumentId)>,
    ) -> AppResult<()> {
        if self.policies()?.authorize(&caller.actor, action, resource).is_allowed() {
            return Ok(());
        }
        let access = Access::of(caller, action.name(), record).outcome(Outcome::Refused);
        self.audit(access.detail(resource.kind.name()))?;
        Err(AppError::Forbidden)
    }

    /// What the caller may do, as `action resource` words for the screens.
    ///
    /// # Errors
    /// When the policies cannot be used.
    pub fn permissions(&self, caller: &Caller) -> AppResult<Vec<String>> {
        let policies = self.policies()?;
        let mut allowed = Vec::new();
        for kind in ResourceKind::ALL {
            let resource = self.resource(*kind);
            for action in Action::ALL {
                if policies.authorize(&caller.actor, *action, &resource).is_allowed() {
                    allowed.push(format!("{}:{}", snake(kind.name()), action.name()));
                }
            }
        }
        Ok(allowed)
    }
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
