//! People who sign in at a clinic's nodes, and the roles they hold.

use posto_domain::password::PasswordPolicy;
use posto_domain::role_grant::{Role, RoleGrant};
use posto_domain::user::User;
use posto_domain::{ClinicId, LocationId, Scope, UserId};

use super::clinics::checked_name;
use super::{Directory, DirectoryError, records};
use crate::password;
use crate::storage::Tx;
use crate::storage::table::clinic;

/// A person to be entered.
pub(crate) struct NewUser {
    pub clinic: ClinicId,
    pub location: Option<LocationId>,
    pub name: String,
    /// What they type to sign in.
    pub login: String,
    pub email: Option<String>,
    pub role: Role,
    pub password: String,
}

impl Directory {
    /// Enters a person with one role. The password is checked against the policy and kept as a hash.
    pub(crate) fn add_user(
        &self,
        tx: &Tx<'_>,
        author: UserId,
        new: &NewUser,
    ) -> Result<User, DirectoryError> {
        let scope = Scope::Directory(new.clinic);
        clinic::get(tx, new.clinic)?.ok_or(DirectoryError::Missing("clinic"))?;
        let login = new.login.trim().to_lowercase();
        if login.is_empty() || login.len() > 100 || login.contains(char::is_whitespace) {
            return Err(DirectoryError::Invalid("a login has 1 to 100 characters and no spaces"));
        }
        if records::<User>(tx, scope)?.iter().any(|user| user.login == login && !user.inactive) {
            return Err(DirectoryError::Invalid("somebody of this clinic has this login already"));
        }
        let mut user = User::new(self.draw(), checked_name(&new.name)?, login);
        user.email = new.email.clone();
        user.password_hash = Some(hashed(&new.password, &[&user.name, &user.login])?);
        user.password_changed_at_ms = Some(self.now_ms());
        self.create(tx, scope, author, &user)?;
        let mut grant = RoleGrant::new(self.draw(), user.id, new.role.clone(), new.clinic);
        grant.location = new.location;
        grant.valid_from_ms = Some(self.now_ms());
        self.create(tx, scope, author, &grant)?;
        Ok(user)
    }

    /// Ends a person's access: no new sign-in, and sessions that run are void.
    pub(crate) fn deactivate_user(
        &self,
        tx: &Tx<'_>,
        clinic: ClinicId,
        id: UserId,
        by: UserId,
    ) -> Result<(), DirectoryError> {
        let now_ms = self.now_ms();
        self.edit::<User>(tx, Scope::Directory(clinic), id.cast(), by, |user| {
            user.inactive = true;
            user.sessions_void_before_ms = Some(now_ms);
        })
    }
}

/// The hash of a password that the policy allows.
pub(crate) fn hashed(password: &str, own_words: &[&str]) -> Result<String, DirectoryError> {
    PasswordPolicy::default()
        .check_password(password, own_words)
        .map_err(|_| DirectoryError::Invalid("the password is too short, too common or made of the name"))?;
    Ok(password::hash(password)?)
}
