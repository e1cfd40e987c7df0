//! `clinic-node status`: what the node holds and how it stands with the server.

use clap::Args;

use super::{Common, Outcome, outcome};
use crate::operations::Operation;
use crate::operations::status::Report;

/// Shows what the node holds and what waits for the server, whether or not it is running.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 shown, 1 failed, 2 wrong arguments, 3 data folder")]
pub(super) struct Status {
    #[command(flatten)]
    common: Common,
}

impl Status {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let report: Report = self.common.carry_out(Operation::Status)?;
        outcome::print(self.common.json, &report, words)?;
        Ok(Outcome::Done)
    }
}

fn words(report: &Report) -> String {
    let mut text = format!("Node {} of {}, {}\n", report.node_id, report.clinic, report.locations.join(", "));
    for count in &report.documents {
        text.push_str(&format!("  {:>8} {}\n", count.count, count.kind));
    }
    let sync = &report.sync;
    match (&sync.server, sync.last_synced_at) {
        (None, _) => text.push_str("No server: everything stays on this machine."),
        (Some(server), None) => {
            text.push_str(&format!("Never in sync with {server} so far · {} changes wait", sync.waiting));
        }
        (Some(server), Some(at)) => {
            text.push_str(&format!("Last in sync with {server} at {at} · {} changes wait", sync.waiting));
        }
    }
    if sync.refused > 0 {
        text.push_str(&format!(
            "\n{} changes were refused by the server: a person has to look",
            sync.refused
        ));
    }
    if sync.open_conflicts > 0 {
        text.push_str(&format!("\n{} conflicts to look at", sync.open_conflicts));
    }
    text
}
