//! `clinic-node rebuild`: lists and search computed again from the records.

use clap::Args;
use serde::Serialize;

use super::{Common, Outcome, outcome};

/// Drops lists and search and computes them again from the records. Nothing is lost by it.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 data folder")]
pub(super) struct Rebuild {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Serialize)]
struct Rebuilt {
    documents: u64,
    quarantined: u64,
}

impl Rebuild {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let app = self.common.open()?;
        app.store.rebuild()?;
        let report = Rebuilt {
            documents: app.store.read(|r| r.document_counts())?.iter().map(|(_, count)| count).sum(),
            quarantined: app.store.read(|r| r.quarantined())?.len() as u64,
        };
        outcome::print(self.common.json, &report, |report| {
            format!(
                "Rebuilt from {} records, {} set aside as unreadable",
                report.documents, report.quarantined
            )
        })?;
        Ok(Outcome::Done)
    }
}
