//! People who may sign in: added on this machine, or known from the directory; and their names.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use posto_api::FieldProblem;
use posto_documents::Document;
use posto_domain::normalise::normalise_name;
use posto_domain::password::PasswordPolicy;
use posto_domain::policy::HeldRole;
use posto_domain::role_grant::{Role, RoleGrant};
use posto_domain::user::User;
use posto_domain::{Kind, UserId};
use posto_store::LocalCommit;
use serde::Serialize;

use super::audit::Access;
use super::{App, AppError, AppResult, Caller};

/// A person in a list.
#[derive(Debug, Clone, Serialize)]
pub struct UserLine {
    pub id: String,
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub inactive: bool,
}

impl App {
    /// Adds a person to this machine: works here, without the server, and never leaves it.
    ///
    /// # Errors
    /// [`AppError::Validation`] when the name is empty or taken, or the password too simple.
    pub fn add_user(&self, name: &str, login: Option<&str>, role: Role, password: &str) -> AppResult<User> {
        let name = name.trim();
        if name.is_empty() {
            return Err(AppError::field("name", "required"));
        }
        let login = match login {
            Some(login) => free_login(self, &login_of(login), false)?,
            None => free_login(self, &login_of(name), true)?,
        };
        PasswordPolicy::default()
            .check_password(password, &[name, &login])
            .map_err(|refusal| AppError::field("password", refusal.code()))?;
        let operator = Caller::operator(self);
        let mut user = User::new(self.pen.id(), name, login);
        user.password_hash = Some(self.hash_secret(password)?);
        user.password_changed_at_ms = Some(self.pen.now_ms() as i64);
        let grant = RoleGrant::new(self.pen.id(), user.id, role, self.identity.place.clinic.id);
        let scope = self.identity.local_scope();
        let user_change = Document::first_change(&self.pen.context(operator.user()), &user)?;
        let grant_change = Document::first_change(&self.pen.context(operator.user()), &grant)?;
        let user_commit = LocalCommit::create(scope, &user, user_change)?;
        let grant_commit = LocalCommit::create(scope, &grant, grant_change)?;
        let access = Access::of(&operator, "user.create", Some((Kind::User, user.id.cast())));
        let entry = self.audit_entry(access.detail(grant.role.as_str()));
        self.store.write(move |tx| {
            tx.commit_local(user_commit)?;
            tx.commit_local(grant_commit)?;
            tx.audit(&entry)
        })?;
        Ok(user)
    }

    /// Everybody who may sign in on this machine.
    ///
    /// # Errors
    /// Of the store.
    pub fn list_users(&self) -> AppResult<Vec<UserLine>> {
        let now_ms = self.pen.now_ms() as i64;
        self.store.read(|r| {
            let mut lines = Vec::new();
            for user in r.records::<User>()? {
                let grants = r.grants_of(user.id)?;
                let roles =
                    grants.iter().filter(|grant| grant.holds_at(now_ms)).map(|grant| grant.role.to_string());
                lines.push(UserLine {
                    id: user.id.to_string(),
                    roles: roles.collect(),
                    login: user.login,
                    name: user.name,
                    inactive: user.inactive,
                });
            }
            Ok(lines)
        })
    }

    /// The roles that somebody holds now.
    pub(super) fn held_roles(&self, user: UserId) -> AppResult<Vec<HeldRole>> {
        let now_ms = self.pen.now_ms() as i64;
        let grants = self.store.read(|r| r.grants_of(user))?;
        let held = grants.into_iter().filter(|grant| grant.holds_at(now_ms));
        Ok(held
            .map(|grant| HeldRole { role: grant.role, clinic: Some(grant.clinic), location: grant.location })
            .collect())
    }

    /// The names of authors, for people to read.
    pub(crate) fn names_of(
        &self,
        users: impl Iterator<Item = UserId>,
    ) -> AppResult<BTreeMap<UserId, String>> {
        let mut names = BTreeMap::new();
        for user in users {
            if let Entry::Vacant(place) = names.entry(user) {
                place.insert(self.name_of(user)?);
            }
        }
        Ok(names)
    }

    /// The name of an author. Somebody the directory does not know (any more) has none.
    pub(crate) fn name_of(&self, user: UserId) -> AppResult<String> {
        match user {
            UserId::SYSTEM => return Ok("system".to_owned()),
            UserId::IMPORT => return Ok("import".to_owned()),
            UserId::OPERATOR => return Ok("console".to_owned()),
            _ => {}
        }
        if let Some(name) = self.lobby.name(user) {
            return Ok(name);
        }
        let name = self.store.read(|r| r.user(user))?.map(|user| user.name).unwrap_or_default();
        self.lobby.remember_name(user, name.clone());
        Ok(name)
    }
}

/// A sign-in name in its one spelling: without accents, words joined by dots.
pub(super) fn login_of(text: &str) -> String {
    text.split(['.', '@', ' '])
        .map(normalise_name)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(".")
        .replace(' ', ".")
}

fn free_login(app: &App, wanted: &str, may_number: bool) -> AppResult<String> {
    if wanted.is_empty() {
        return Err(AppError::field("login", "required"));
    }
    let is_taken = |login: &str| app.store.read(|r| r.user_by_login(login)).map(|user| user.is_some());
    if !is_taken(wanted)? {
        return Ok(wanted.to_owned());
    }
    for number in 2..1_000 {
        let login = format!("{wanted}{number}");
        if may_number && !is_taken(&login)? {
            return Ok(login);
        }
    }
    Err(AppError::Validation(vec![FieldProblem { path: "login".into(), rule: "taken".into() }]))
}

#[cfg(test)]
mod tests {
    use super::login_of;

    #[test]
    fn a_login_has_one_spelling() {
        for (name, login) in [
            ("Ana Lúcia", "ana.lucia"),
            ("  ANA.lucia ", "ana.lucia"),
            ("Admin", "admin"),
            ("ana@clinic.example", "ana.clinic.example"),
            ("…", ""),
        ] {
            assert_eq!(login_of(name), login, "{name}");
        }
    }
}
