//! `clinic-node export fhir`: records go out.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Common, Outcome, outcome};
use crate::fhir;

/// Takes records out.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(subcommand)]
    command: ExportCommand,
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    Fhir(Fhir),
}

/// Exports FHIR R4: one Bundle, or NDJSON where the file is named .ndjson.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 data folder")]
struct Fhir {
    #[command(flatten)]
    common: Common,
    /// Where to; written beside it first, then moved into place.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Takes restricted records along, for a reason that the audit trail keeps. Without it they are left out and counted.
    #[arg(long, value_name = "REASON")]
    include_restricted: Option<String>,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let ExportCommand::Fhir(command) = self.command;
        let app = command.common.open()?;
        let report = fhir::export::run(&app, &command.out, command.include_restricted.as_deref())?;
        outcome::print(command.common.json, &report, |report| report.words())?;
        Ok(Outcome::Done)
    }
}
