//! `clinic-node audit verify`: whether the trail is whole.

use clap::{Args, Subcommand};

use super::{Common, Outcome, outcome};
use crate::operations::Operation;
use crate::operations::audit::Report;

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

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let AuditCommand::Verify(command) = self.command;
        let report: Report = command.common.carry_out(Operation::VerifyAudit)?;
        outcome::print(command.common.json, &report, words)?;
        Ok(if report.whole { Outcome::Done } else { Outcome::Found })
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
