//! `clinic-node enroll`: joins a clinic with a one-time code.

use clap::Args;
use posto_net::EnrolmentCode;
use posto_net::endpoint::client::{SelfDescription, enrol};
use serde::Serialize;

use super::{Common, Outcome, outcome};
use crate::identity::Identity;
use crate::{SOFTWARE, app};

/// Joins this machine to a clinic with a one-time code from the server's console.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 enrolled, 1 failed, 2 wrong arguments, 3 the folder already holds a node, 4 the server refused or cannot be reached"
)]
pub(super) struct Enroll {
    #[command(flatten)]
    common: Common,
    /// The server's QUIC address, HOST:PORT.
    #[arg(long, value_name = "HOST:PORT")]
    server: String,
    /// The code, in any case, with or without dashes.
    #[arg(long)]
    code: String,
}

#[derive(Debug, Serialize)]
struct Enrolled {
    node_id: String,
    node: String,
    clinic_id: String,
    clinic: String,
    locations: Vec<String>,
    server: String,
}

impl Enroll {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let data = self.common.data();
        Identity::refuse_if_taken(&data)?;
        let code: EnrolmentCode = self.code.parse()?;
        let description = SelfDescription { software: SOFTWARE.to_owned(), label: machine_label() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let identity = runtime.block_on(enrol(&self.server, &code, &description))?;
        data.create()?;
        app::create_database(&data)?;
        // The identity goes last: a folder that has one is complete.
        identity.save(&data.identity())?;
        let place = Identity::enrolled(identity).place;
        let report = Enrolled {
            node_id: place.node.id.to_string(),
            node: place.node.name,
            clinic_id: place.clinic.id.to_string(),
            clinic: place.clinic.name,
            locations: place.locations.into_iter().map(|location| location.name).collect(),
            server: self.server,
        };
        outcome::print(self.common.json, &report, |report| {
            format!(
                "This machine is now node {} ({}) of {}, {}.\nNext: clinic-node serve --data {}",
                report.node,
                report.node_id,
                report.clinic,
                report.locations.join(", "),
                data.path().display()
            )
        })?;
        Ok(Outcome::Done)
    }
}

/// What the console shows beside the node, so that a person recognises the machine.
fn machine_label() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { std::env::var("COMPUTERNAME").unwrap_or_default() } else { name.to_owned() }
}
