//! `clinic-node doctor`: checks everything that can be checked without the server.

use clap::Args;
use posto_store::Finding;
use serde::Serialize;

use super::{Common, Outcome, outcome};

/// Checks the whole database: every page, the log's counts and fingerprints, the audit chain, attachments.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all is well, 1 failed, 2 wrong arguments, 3 data folder, 5 something was found"
)]
pub(super) struct Doctor {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Serialize)]
struct Report {
    /// Whether the file itself is sound; findings may be left that people decide.
    sound: bool,
    documents: u64,
    changes: u64,
    audit_rows: u64,
    bytes: u64,
    findings: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Found {
    code: &'static str,
    message: String,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let app = self.common.open()?;
        let found = app.store.doctor()?;
        let report = Report {
            sound: found.is_sound(),
            documents: found.documents,
            changes: found.changes,
            audit_rows: found.audit_rows,
            bytes: found.bytes,
            findings: found.findings.iter().map(describe).collect(),
        };
        outcome::print(self.common.json, &report, words)?;
        Ok(if report.findings.is_empty() { Outcome::Done } else { Outcome::Found })
    }
}

fn describe(finding: &Finding) -> Found {
    let (code, message) = match finding {
        Finding::DamagedPage { detail } => ("damaged_page", format!("a page is damaged: {detail}")),
        Finding::Structure { detail } => {
            ("damaged_structure", format!("the file's structure is damaged: {detail}"))
        }
        Finding::ScopeState { scope } => ("scope_state", format!("the counts of {scope} are wrong")),
        Finding::Quarantined { count } => {
            ("quarantined", format!("{count} records could not be read and were set aside"))
        }
        Finding::Refused { count } => ("refused", format!("{count} changes were refused by the server")),
        Finding::Unprojected { count } => {
            ("unprojected", format!("{count} records are not in lists and search yet"))
        }
        Finding::Audit { fault } => ("audit", format!("the audit trail is broken: {fault:?}")),
        Finding::MissingBlobs { count } => {
            ("missing_blobs", format!("the contents of {count} attachments are missing"))
        }
    };
    Found { code, message }
}

fn words(report: &Report) -> String {
    let mut text = format!(
        "{} records, {} changes, {} audit rows, {:.1} MiB: {}",
        report.documents,
        report.changes,
        report.audit_rows,
        report.bytes as f64 / 1_048_576.0,
        if report.findings.is_empty() { "all is well" } else { "found" }
    );
    for finding in &report.findings {
        text.push_str(&format!("\n  {}", finding.message));
    }
    if !report.sound {
        text.push_str("\nThe file is damaged: stop using it, keep it, and restore the newest backup into another folder.");
    }
    text
}
