//! `clinic-node user add|list`: people who sign in on this machine.

use clap::{Args, Subcommand};
use posto_domain::role_grant::Role;
use serde::Serialize;

use super::{Common, Outcome, outcome};
use crate::app::App;

/// People who sign in on this machine.
#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    Add(Add),
    List(List),
}

/// Adds a person to this machine. The sign-in name is printed, and the password once.
#[derive(Debug, Args)]
#[command(after_help = "\
The password is taken from POSTO_USER_PASSWORD, or made up and printed once.
Roles: SYSTEM_ADMIN CLINIC_ADMIN SUPPORT DOCTOR NURSE PHARMACIST LAB_TECHNICIAN RADIOLOGIST RECEPTIONIST
MEDICAL_ASSISTANT BILLING_SPECIALIST AUDITOR COMPLIANCE_OFFICER DATA_ANALYST

Exit codes: 0 added, 1 failed (the password is too simple, the name is taken), 2 wrong arguments, 3 data folder")]
struct Add {
    #[command(flatten)]
    common: Common,
    /// The person's name.
    #[arg(long)]
    name: String,
    /// What the person may do.
    #[arg(long)]
    role: String,
    /// The sign-in name; made from the name unless given.
    #[arg(long)]
    login: Option<String>,
}

/// Lists the people who may sign in on this machine.
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    common: Common,
}

/// A person just added.
#[derive(Debug, Serialize)]
pub(super) struct NewUser {
    id: String,
    name: String,
    login: String,
    role: String,
    /// Only when it was made up here.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl User {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        match self.command {
            UserCommand::Add(command) => command.run(),
            UserCommand::List(command) => command.run(),
        }
    }
}

impl Add {
    fn run(self) -> anyhow::Result<Outcome> {
        let role = Role::from(self.role.trim().to_ascii_uppercase().as_str());
        anyhow::ensure!(
            role.is_known()
                && !matches!(role, Role::Patient | Role::Caregiver | Role::Kiosk | Role::SuperAdmin),
            "{} is no role of a person at a clinic; see --help",
            self.role
        );
        let app = self.common.open()?;
        let user = add_as(&app, &self.name, self.login.as_deref(), role, "POSTO_USER_PASSWORD")?;
        outcome::print(self.common.json, &user, words)?;
        Ok(Outcome::Done)
    }
}

impl List {
    fn run(self) -> anyhow::Result<Outcome> {
        let app = self.common.open()?;
        let users = app.list_users()?;
        outcome::print(self.common.json, &users, |users| {
            let lines = users
                .iter()
                .map(|user| format!("{:<24} {:<32} {}", user.login, user.roles.join(" "), user.name));
            let lines: Vec<String> = lines.collect();
            if lines.is_empty() {
                "Nobody can sign in yet: clinic-node user add".to_owned()
            } else {
                lines.join("\n")
            }
        })?;
        Ok(Outcome::Done)
    }
}

/// Adds a person whose password stands in `variable`, or is made up.
pub(super) fn add(app: &App, name: &str, role: Role, variable: &str) -> anyhow::Result<NewUser> {
    add_as(app, name, None, role, variable)
}

fn add_as(app: &App, name: &str, login: Option<&str>, role: Role, variable: &str) -> anyhow::Result<NewUser> {
    let given = std::env::var(variable).ok().filter(|password| !password.is_empty());
    let password = match &given {
        Some(password) => password.clone(),
        None => app.draw_password()?,
    };
    let user = app.add_user(name, login, role.clone(), &password)?;
    Ok(NewUser {
        id: user.id.to_string(),
        name: user.name,
        login: user.login,
        role: role.to_string(),
        password: given.is_none().then_some(password),
    })
}

pub(super) fn words(user: &NewUser) -> String {
    let password = match &user.password {
        Some(password) => format!("{password}   (shown only now)"),
        None => "as given".to_owned(),
    };
    format!(
        "{} may sign in.\n  Sign-in name: {}\n  Password:     {password}\n  Role:         {}",
        user.name, user.login, user.role
    )
}
