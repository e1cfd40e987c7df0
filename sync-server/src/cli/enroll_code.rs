//! `enroll-code`: a one-time code for a node.

use clap::Args;
use posto_domain::{ClinicId, LocationId};
use serde::Serialize;

use super::{Data, Format, outcome};
use crate::storage::DbError;
use crate::storage::table::audit::{self, Entry};

/// Arguments of `enroll-code`.
#[derive(Args)]
pub(super) struct EnrollCode {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Of which clinic the node will be
    #[arg(long, value_name = "ID")]
    clinic: ClinicId,
    /// At which of its locations; without one it holds what all locations share
    #[arg(long, value_name = "ID")]
    location: Option<LocationId>,
}

#[derive(Serialize)]
struct Answer {
    code: String,
    ca_fingerprint: String,
    clinic: ClinicId,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<LocationId>,
    expires_at_ms: i64,
}

impl EnrollCode {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let installation = self.data.open()?;
        let fresh = installation.desk.draw_code(self.clinic, self.location, "operator")?;
        let (at_ms, resource) = (installation.clock.now_ms(), format!("clinic/{}", self.clinic));
        installation.db.write_blocking::<_, DbError, _>(move |tx| {
            let entry = Entry {
                at_ms,
                actor: "operator",
                action: "enrolment_code.create",
                resource: &resource,
                outcome: "done",
                correlation: "",
            };
            audit::append(tx, &entry)
        })?;
        let answer = Answer {
            code: fresh.code.to_string(),
            ca_fingerprint: fresh.authority.to_string(),
            clinic: self.clinic,
            location: self.location,
            expires_at_ms: fresh.expires_at_ms,
        };
        outcome::print(self.format, &answer, |answer| {
            println!("{}", answer.code);
            println!("Certificate authority (SHA-256): {}", answer.ca_fingerprint);
            println!("Good for one node until {}", outcome::moment(answer.expires_at_ms));
        })
    }
}
