//! People at the console: those of the clinics and those of the console itself.

use std::collections::HashMap;
use std::sync::Arc;

use posto_api::admin::AdminUser;
use posto_api::session::Named;
use posto_domain::policy::{Action, Resource, ResourceKind};
use posto_domain::role_grant::{Role, RoleGrant};
use posto_domain::user::User;
use posto_domain::{ClinicId, Scope, UserId};

use super::{Caller, Console, ConsoleError};
use crate::directory::{self, DirectoryError, NewUser};
use crate::storage::table::admin_user::{self, AdminUserRow};
use crate::storage::table::clinic::{self, ClinicRow};

impl Console {
    /// The people that the caller may see.
    pub(crate) fn users(&self, caller: &Caller) -> Result<Vec<AdminUser>, ConsoleError> {
        let may = |clinic: Option<ClinicId>| {
            let resource = match clinic {
                Some(clinic) => Resource::of(ResourceKind::Account, clinic),
                None => Resource::of_system(ResourceKind::Account),
            };
            self.allows(caller, Action::Read, &resource)
        };
        let users = self.installation.db.read_blocking(|tx| {
            let clinics = clinic::list(tx)?;
            let of_console = admin_user::list(tx)?.into_iter().filter(|user| may(user.clinic));
            let mut users: Vec<AdminUser> = of_console.map(|user| console_user(user, &clinics)).collect();
            for clinic in clinics.iter().filter(|clinic| may(Some(clinic.id))) {
                let scope = Scope::Directory(clinic.id);
                let mut roles = roles_by_user(directory::records::<RoleGrant>(tx, scope)?, self.now_ms());
                let people = directory::records::<User>(tx, scope)?;
                users.extend(people.into_iter().map(|user| clinic_user(user, clinic, &mut roles)));
            }
            Ok::<_, DirectoryError>(users)
        })?;
        self.note_read(caller)?;
        Ok(users)
    }

    pub(crate) fn add_user(&self, caller: &Caller, new: NewUser) -> Result<AdminUser, ConsoleError> {
        self.authorise(caller, Action::Create, &Resource::of(ResourceKind::Account, new.clinic))?;
        self.authorise(caller, Action::Create, &Resource::of(ResourceKind::RoleGrant, new.clinic))?;
        if !may_grant(caller, &new.role) {
            return Err(ConsoleError::field("role", "not_yours_to_give"));
        }
        let (directory, author) = (Arc::clone(&self.installation.directory), caller.actor.user);
        self.write(caller, "user.create", move |tx| {
            let user = directory.add_user(tx, author, &new)?;
            let clinic = clinic::get(tx, new.clinic)?.ok_or(DirectoryError::Missing("clinic"))?;
            let mut roles = HashMap::from([(user.id, vec![new.role.as_str().to_owned()])]);
            let touched = format!("user/{}", user.id);
            Ok((clinic_user(user, &clinic, &mut roles), touched))
        })
    }

    /// Reading who works where is noted once per session and minute: the page asks every few seconds.
    fn note_read(&self, caller: &Caller) -> Result<(), ConsoleError> {
        let minute = self.now_ms() / 60_000;
        if self.reads.lock().insert(caller.actor.user, minute) == Some(minute) {
            return Ok(());
        }
        self.note(caller, "user.list", "", "done")
    }
}

/// Nobody gives a role above their own.
fn may_grant(caller: &Caller, role: &Role) -> bool {
    caller.actor.roles.iter().any(|held| held.role.may_grant(role))
}

fn roles_by_user(grants: Vec<RoleGrant>, now_ms: i64) -> HashMap<UserId, Vec<String>> {
    let mut roles: HashMap<UserId, Vec<String>> = HashMap::new();
    for grant in grants.into_iter().filter(|grant| grant.holds_at(now_ms)) {
        roles.entry(grant.user).or_default().push(grant.role.as_str().to_owned());
    }
    roles
}

fn clinic_user(user: User, clinic: &ClinicRow, roles: &mut HashMap<UserId, Vec<String>>) -> AdminUser {
    AdminUser {
        roles: roles.remove(&user.id).unwrap_or_default(),
        id: user.id.to_string(),
        name: user.name,
        login: user.login,
        clinic: Some(Named { id: clinic.id.to_string(), name: clinic.name.clone() }),
        inactive: user.inactive,
    }
}

fn console_user(user: AdminUserRow, clinics: &[ClinicRow]) -> AdminUser {
    let clinic = clinics.iter().find(|clinic| Some(clinic.id) == user.clinic);
    AdminUser {
        id: user.id.to_string(),
        name: user.name,
        login: user.email,
        clinic: clinic.map(|clinic| Named { id: clinic.id.to_string(), name: clinic.name.clone() }),
        roles: vec![user.role],
        inactive: user.disabled_at_ms.is_some(),
    }
}
