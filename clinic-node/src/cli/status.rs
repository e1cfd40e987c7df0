//! `clinic-node status`: what the node holds and how it stands with the server.

use clap::Args;
use posto_api::sync::SyncStatus;
use serde::Serialize;

use super::{Common, Outcome, outcome};

/// Shows what the node holds and what waits for the server. The node must not be running: ask a running
/// one at /api/sync.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 shown, 1 failed, 2 wrong arguments, 3 data folder (also: the node is running)"
)]
pub(super) struct Status {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Serialize)]
struct Report {
    node_id: String,
    clinic: String,
    locations: Vec<String>,
    version: &'static str,
    documents: Vec<Count>,
    sync: SyncStatus,
}

#[derive(Debug, Serialize)]
struct Count {
    kind: &'static str,
    count: u64,
}

impl Status {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let app = self.common.open()?;
        let place = &app.identity.place;
        let counts = app.store.read(|r| r.document_counts())?;
        let report = Report {
            node_id: place.node.id.to_string(),
            clinic: place.clinic.name.clone(),
            locations: place.locations.iter().map(|location| location.name.clone()).collect(),
            version: env!("CARGO_PKG_VERSION"),
            documents: counts.into_iter().map(|(kind, count)| Count { kind: kind.name(), count }).collect(),
            sync: app.sync_facts()?,
        };
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
