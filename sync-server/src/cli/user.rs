//! `user add|list`: people of a clinic (they sign in at its nodes) and people of the console.

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use posto_domain::role_grant::Role;
use posto_domain::user::User as Person;
use posto_domain::{ClinicId, LocationId, Scope, UserId};
use serde::Serialize;

use super::{Data, Format, outcome};
use crate::directory::{self, DirectoryError, NewUser, hashed};
use crate::installation::Installation;
use crate::random;
use crate::revocation::{Deactivation, Revocations};
use crate::storage::DbError;
use crate::storage::table::admin_user::{self, AdminUserRow};

/// People who sign in.
#[derive(Subcommand)]
pub(super) enum User {
    /// Add a person. With --login they sign in at the clinic's nodes, with --email at the console. The password
    /// comes from POSTO_USER_PASSWORD, or is drawn and printed once
    Add(Add),
    /// List people
    List(List),
    /// End a person's access to a clinic's nodes, at each node's next contact
    Deactivate(Deactivate),
}

#[derive(Args)]
pub(super) struct Deactivate {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Of which clinic
    #[arg(long, value_name = "ID")]
    clinic: ClinicId,
    /// Who
    #[arg(long, value_name = "ID")]
    user: UserId,
}

#[derive(Args)]
pub(super) struct Add {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Their name
    #[arg(long, value_name = "N")]
    name: String,
    /// Their role, such as RECEPTIONIST, DOCTOR, CLINIC_ADMIN, SUPER_ADMIN
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// At which clinic; without one: every clinic, at the console only
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
    /// Only at this location
    #[arg(long, value_name = "ID", requires = "clinic")]
    location: Option<LocationId>,
    /// What they type to sign in at a node
    #[arg(long, value_name = "LOGIN", requires = "clinic")]
    login: Option<String>,
    /// What they type to sign in at the console
    #[arg(long, value_name = "E")]
    email: Option<String>,
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// This clinic's people; without one: the console's
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
}

#[derive(Serialize)]
struct Answer {
    id: UserId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl User {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(),
            Self::List(list) => list.run(),
            Self::Deactivate(deactivate) => deactivate.run(),
        }
    }
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let role = Role::KNOWN.iter().find(|role| role.as_str() == self.role.trim().to_ascii_uppercase());
        let role = role.cloned().with_context(|| format!("{} is no role", self.role))?;
        let given = std::env::var("POSTO_USER_PASSWORD").ok().filter(|password| !password.is_empty());
        let password = match &given {
            Some(password) => password.clone(),
            None => random::password()?,
        };
        let installation = self.data.open()?;
        let id = match (&self.login, &self.email) {
            (None, None) => bail!("give --login (nodes of a clinic), --email (console) or both"),
            (Some(login), _) => self.add_to_clinic(&installation, login, &role, &password)?,
            (None, Some(_)) => installation.directory.draw(),
        };
        if let Some(email) = &self.email {
            self.add_to_console(&installation, id, email, &role, &password)?;
        }
        let answer = Answer {
            id,
            name: self.name,
            login: self.login,
            email: self.email,
            role: Some(role.as_str().to_owned()),
            password: given.is_none().then_some(password),
        };
        outcome::print(self.format, &answer, |user| {
            println!("{}  {}", user.id, user.name);
            if let Some(password) = &user.password {
                println!("Password, shown only now: {password}");
            }
        })
    }

    fn add_to_clinic(
        &self,
        installation: &Installation,
        login: &str,
        role: &Role,
        password: &str,
    ) -> anyhow::Result<UserId> {
        let new = NewUser {
            clinic: self.clinic.context("give --clinic")?,
            location: self.location,
            name: self.name.clone(),
            login: Some(login.to_owned()),
            email: self.email.clone(),
            role: role.clone(),
            password: password.to_owned(),
        };
        let directory = installation.directory.clone();
        Ok(installation.write_as_operator("user.create", move |tx| {
            let user = directory.add_user(tx, UserId::OPERATOR, &new)?;
            Ok::<_, DirectoryError>((user.id, format!("user/{}", user.id)))
        })?)
    }

    fn add_to_console(
        &self,
        installation: &Installation,
        id: UserId,
        email: &str,
        role: &Role,
        password: &str,
    ) -> anyhow::Result<()> {
        let row = AdminUserRow {
            id,
            email: email.trim().to_lowercase(),
            name: self.name.clone(),
            role: role.as_str().to_owned(),
            clinic: self.clinic,
            password_hash: hashed(password, &[&self.name, email])?,
            created_at_ms: installation.clock.now_ms(),
            disabled_at_ms: None,
            tries: Default::default(),
        };
        installation.write_as_operator("admin_user.create", move |tx| {
            if !admin_user::insert(tx, &row)? {
                return Err(DirectoryError::rule("email", "taken"));
            }
            Ok(((), format!("user/{}", row.id)))
        })?;
        Ok(())
    }
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let installation = self.data.open()?;
        let answers: Vec<Answer> = match self.clinic {
            Some(clinic) => {
                let people = installation
                    .db
                    .read_blocking(|tx| directory::records::<Person>(tx, Scope::Directory(clinic)))?;
                people.into_iter().map(of_clinic).collect()
            }
            None => {
                let people = installation.db.read_blocking::<_, DbError, _>(admin_user::list)?;
                people.into_iter().map(of_console).collect()
            }
        };
        outcome::print(self.format, &answers, |people| {
            for person in people {
                let sign_in = person.login.as_deref().or(person.email.as_deref()).unwrap_or("-");
                println!("{}  {sign_in}  {}", person.id, person.name);
            }
        })
    }
}

impl Deactivate {
    fn run(self) -> anyhow::Result<()> {
        let installation = self.data.open()?;
        let (directory, revocations) =
            (installation.directory.clone(), Revocations::of(&installation.folder));
        let (clinic, user, at_ms) = (self.clinic, self.user, installation.clock.now_ms());
        installation.write_as_operator("user.deactivate", move |tx| {
            let line = Deactivation { user, clinic, decided_by: UserId::OPERATOR, at_ms };
            revocations.deactivate(tx, &directory, &line)?;
            Ok::<_, DirectoryError>(((), format!("user/{user}")))
        })?;
        let answer = serde_json::json!({ "id": user, "status": "inactive" });
        outcome::print(self.format, &answer, |_| println!("{user} can no longer sign in."))
    }
}

fn of_clinic(person: Person) -> Answer {
    Answer {
        id: person.id,
        name: person.name,
        login: Some(person.login),
        email: person.email,
        role: None,
        password: None,
    }
}

fn of_console(row: AdminUserRow) -> Answer {
    Answer {
        id: row.id,
        name: row.name,
        login: None,
        email: Some(row.email),
        role: Some(row.role),
        password: None,
    }
}
