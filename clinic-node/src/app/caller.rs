//! Who asks, and whether they may.

use posto_domain::policy::{Action, Actor, Decision, Resource, ResourceKind};
use posto_domain::{DocumentId, Kind, PatientId, UserId};

use super::audit::{Access, Outcome};
use super::emergency::Emergencies;
use super::{App, AppError, AppResult};

/// Who asks for something, with what the audit trail says about them.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Actor,
    /// The desk: what the session was opened from.
    pub desk: String,
    /// Emergencies that were declared in the session, over or not.
    pub emergencies: Emergencies,
}

impl Caller {
    /// The person at the command line of the machine.
    pub fn operator(app: &App) -> Self {
        Self {
            actor: Actor::operator(app.identity.place.clinic.id),
            desk: "console".to_owned(),
            emergencies: Emergencies::default(),
        }
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
    /// [`AppError::Forbidden`], [`AppError::BreakGlassRequired`], [`AppError::RecordRestricted`].
    pub(crate) fn authorize(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource,
        record: Option<(Kind, DocumentId)>,
    ) -> AppResult<()> {
        let decision = self.decide(caller, action, resource)?;
        if decision == Decision::Allow {
            return Ok(());
        }
        if decision == Decision::AllowByBreakGlass {
            return self.audit_emergency(caller, action, resource, record);
        }
        let access = Access::of(caller, action.name(), record).outcome(Outcome::Refused);
        self.audit(access.detail(resource.kind.name()))?;
        match decision {
            Decision::DenyUnlessBreakGlass => Err(AppError::BreakGlassRequired),
            _ if self.only_restriction_denies(caller, action, resource)? => Err(AppError::RecordRestricted),
            _ => Err(AppError::Forbidden),
        }
    }

    /// Whether the caller may do this with other patients' records.
    fn only_restriction_denies(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource,
    ) -> AppResult<bool> {
        let open = resource.clone().restricted(false);
        Ok(resource.restricted && self.policies()?.authorize(&caller.actor, action, &open).is_allowed())
    }

    /// What the policies say, in the emergency that the caller declared for this patient, if it is not over.
    pub(crate) fn decide(&self, caller: &Caller, action: Action, resource: &Resource) -> AppResult<Decision> {
        let policies = self.policies()?;
        let emergency = resource.patient.and_then(|patient| self.emergency(caller, patient));
        if emergency.is_none() {
            return Ok(policies.authorize(&caller.actor, action, resource));
        }
        let actor = Actor { break_glass: true, ..caller.actor.clone() };
        Ok(policies.authorize(&actor, action, resource))
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
