//! `clinic-node doctor`: checks everything that can be checked without the server.

use clap::Args;

use super::{Common, Outcome, outcome};
use crate::operations::Operation;
use crate::operations::doctor::Report;

/// Checks the whole database: every page, the log's counts and fingerprints, the audit chain, attachments. The
/// node may be running.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all is well, 1 failed, 2 wrong arguments, 3 data folder, 5 something was found"
)]
pub(super) struct Doctor {
    #[command(flatten)]
    common: Common,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let report: Report = self.common.carry_out(Operation::Doctor)?;
        outcome::print(self.common.json, &report, words)?;
        Ok(if report.findings.is_empty() { Outcome::Done } else { Outcome::Found })
    }
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
