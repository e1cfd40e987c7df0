//! `clinic-node import fhir`: records of other systems come in.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Common, Outcome, outcome};
use crate::fhir;

/// Brings records of other systems in.
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    Fhir(Fhir),
}

/// Imports FHIR R4: bundles (.json), bulk data (.ndjson), folders and archives (.tar.xz) of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Importing the same files again changes nothing. What Posto has no field for is kept and comes out again on export.

An entry that is wrong is left out whole and reported; the others go in.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 data folder, 5 entries were left out (only with --strict)")]
struct Fhir {
    #[command(flatten)]
    common: Common,
    /// Files, folders or archives.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Exit with 5 when entries were left out.
    #[arg(long)]
    strict: bool,
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let ImportCommand::Fhir(command) = self.command;
        let app = command.common.open()?;
        let report = fhir::import::run(&app, &command.paths, &mut fhir::import::Progress::to_stderr())?;
        outcome::print(command.common.json, &report, |report| report.words())?;
        Ok(if report.is_complete() || !command.strict { Outcome::Done } else { Outcome::Found })
    }
}
