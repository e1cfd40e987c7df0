//! People who sign in at a clinic's nodes, and the roles they hold.

use std::collections::BTreeSet;

use posto_domain::normalise::normalise_name;
use posto_domain::password::PasswordPolicy;
use posto_domain::role_grant::{Role, RoleGrant};
use posto_domain::user::User;
use posto_domain::{ClinicId, Kind, LocationId, Scope, UserId};

use super::clinics::checked_name;
use super::{Directory, DirectoryError, load, records};
use crate::password;
use crate::revocation::Deactivation;
use crate::storage::Tx;
use crate::storage::table::clinic;

/// Longest login, in bytes.
const LOGIN_BYTES_MAX: usize = 100;

/// A person to be entered.
pub(crate) struct NewUser {
    pub clinic: ClinicId,
    pub location: Option<LocationId>,
    pub name: String,
    /// What they type to sign in; made from the name when absent.
    pub login: Option<String>,
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
        let taken: BTreeSet<String> =
            records::<User>(tx, scope)?.into_iter().map(|user| user.login).collect();
        let login = match &new.login {
            Some(login) => chosen_login(login, &taken)?,
            None => made_login(&new.name, &taken)?,
        };
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

    /// Ends a person's access: no new sign-in, and sessions that run are void. False when that was done before.
    pub(crate) fn deactivate_user(&self, tx: &Tx<'_>, line: &Deactivation) -> Result<bool, DirectoryError> {
        let scope = Scope::Directory(line.clinic);
        let found = load(tx, scope, line.user.cast(), Kind::User)?.ok_or(DirectoryError::Missing("user"))?;
        if found.record::<User>()?.inactive {
            return Ok(false);
        }
        let now_ms = self.now_ms();
        self.edit::<User>(tx, scope, line.user.cast(), line.decided_by, |user| {
            user.inactive = true;
            user.sessions_void_before_ms = Some(now_ms);
        })?;
        Ok(true)
    }
}

fn chosen_login(login: &str, taken: &BTreeSet<String>) -> Result<String, DirectoryError> {
    let login = login.trim().to_lowercase();
    if login.is_empty() || login.len() > LOGIN_BYTES_MAX || login.contains(char::is_whitespace) {
        return Err(DirectoryError::rule("login", "malformed"));
    }
    if taken.contains(&login) {
        return Err(DirectoryError::rule("login", "taken"));
    }
    Ok(login)
}

/// `Ana Maria Souza` -> `ana.souza`, with a number when somebody has that already.
fn made_login(name: &str, taken: &BTreeSet<String>) -> Result<String, DirectoryError> {
    let name = normalise_name(name);
    let mut words = name.split(' ').filter(|word| !word.is_empty());
    let first = words.next().ok_or(DirectoryError::rule("name", "required"))?;
    let plain = words.next_back().map_or_else(|| first.to_owned(), |last| format!("{first}.{last}"));
    let mut login = plain.clone();
    let mut number = 1;
    while taken.contains(&login) {
        number += 1;
        login = format!("{plain}{number}");
    }
    Ok(login)
}

/// The hash of a password that the policy allows.
pub(crate) fn hashed(password: &str, own_words: &[&str]) -> Result<String, DirectoryError> {
    PasswordPolicy::default()
        .check_password(password, own_words)
        .map_err(|refusal| DirectoryError::rule("password", refusal.code()))?;
    Ok(password::hash(password)?)
}
