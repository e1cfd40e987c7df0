//! `init`: a new installation.

use clap::Args;
use serde::Serialize;

use super::{Data, Format, outcome};
use crate::clock::Clock;
use crate::installation;

/// Arguments of `init`.
#[derive(Args)]
pub(super) struct Init {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// E-mail address of the first administrator. The password comes from POSTO_ADMIN_PASSWORD, or is drawn and
    /// printed once
    #[arg(long, value_name = "E", default_value = "admin@localhost")]
    admin_email: String,
}

#[derive(Serialize)]
struct Answer {
    ca_fingerprint: String,
    admin_email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_password: Option<String>,
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let password = std::env::var("POSTO_ADMIN_PASSWORD").ok().filter(|password| !password.is_empty());
        let made = installation::init(&self.data.folder(), &self.admin_email, password, &Clock::system())?;
        let answer = Answer {
            ca_fingerprint: made.authority.to_string(),
            admin_email: made.admin_email,
            admin_password: made.drawn_password,
        };
        outcome::print(self.format, &answer, |answer| {
            println!("A new server in {}.", self.data.data.display());
            println!("Certificate authority (SHA-256): {}", answer.ca_fingerprint);
            println!("First administrator: {}", answer.admin_email);
            if let Some(password) = &answer.admin_password {
                println!("Password, shown only now: {password}");
            }
        })
    }
}
