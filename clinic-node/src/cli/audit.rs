//! `clinic-node audit verify`: whether the trail is whole.

use clap::{Args, Subcommand};
use posto_store::AuditFault;
use serde::Serialize;

use super::{Common, Outcome, outcome};

/// The audit trail.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    Verify(Verify),
}

/// Computes the whole chain again and checks the node's signatures: a gap or an edit is an incident.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the trail is whole, 1 failed, 2 wrong arguments, 3 data folder, 5 the trail was tampered with"
)]
struct Verify {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Serialize)]
struct Report {
    whole: bool,
    rows: u64,
    signatures: u64,
    /// Hash of the newest row, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    faults: Vec<String>,
}

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let AuditCommand::Verify(command) = self.command;
        let app = command.common.open()?;
        let verified = app.verify_audit()?;
        let report = Report {
            whole: verified.faults.is_empty(),
            rows: verified.rows,
            signatures: verified.signatures,
            head: verified.head.map(|(_, hash)| hex::encode(hash)),
            faults: verified.faults.iter().map(describe).collect(),
        };
        outcome::print(command.common.json, &report, words)?;
        Ok(if report.whole { Outcome::Done } else { Outcome::Found })
    }
}

fn describe(fault: &AuditFault) -> String {
    match fault {
        AuditFault::Gap { after, before } => format!("rows between {after} and {before} are missing"),
        AuditFault::Edited { seq } => format!("row {seq} is not what was written"),
        AuditFault::BadSignature { seq } => format!("the signature over row {seq} is not this node's"),
        AuditFault::Truncated { signed } => format!("row {signed} was signed and is gone"),
    }
}

fn words(report: &Report) -> String {
    let mut text = format!("{} rows, {} signatures: ", report.rows, report.signatures);
    text.push_str(if report.whole { "the trail is whole" } else { "THE TRAIL WAS TAMPERED WITH" });
    for fault in &report.faults {
        text.push_str(&format!("\n  {fault}"));
    }
    text
}
