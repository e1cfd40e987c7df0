//! `doctor`: is the installation sound?

use std::process::ExitCode;

use clap::Args;

use super::{Data, Format, outcome};
use crate::doctor;

/// Arguments of `doctor`.
#[derive(Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let report = doctor::examine(&self.data.open_as_it_is()?)?;
        outcome::print(self.format, &report, |report| {
            for check in &report.checks {
                let mark = if check.ok { "ok  " } else { "FAIL" };
                println!("{mark}  {}: {}", check.name, check.detail);
            }
        })?;
        Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
