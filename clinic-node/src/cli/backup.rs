//! `clinic-node backup` and `restore`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use posto_store::StoreKey;

use super::{Common, Outcome, outcome};
use crate::operations::Operation;
use crate::operations::backup::Report;
use crate::ports::Ports;

/// Writes everything into one encrypted file and reads it back before it counts. The desks work on meanwhile: a
/// running node makes the backup itself, so that its own user must be able to write the file.
#[derive(Debug, Args)]
#[command(after_help = "\
The file opens with the key in db.key of this data folder: keep a copy of db.key in another safe place.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 data folder")]
pub(super) struct Backup {
    #[command(flatten)]
    common: Common,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Begins the database of a data folder from a backup.
#[derive(Debug, Args)]
#[command(after_help = "\
The data folder holds a node (enrolled or initialised) and no database: move posto.db away first. With --key the
backup's key becomes the folder's. The next sync brings what was made after the backup and sent before the loss.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the folder still holds a database, or the key is wrong")]
pub(super) struct Restore {
    #[command(flatten)]
    common: Common,
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The db.key of the node that made the backup, where it is not in the data folder.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let out = std::path::absolute(&self.out)?;
        let report: Report = self.common.carry_out(Operation::Backup { out })?;
        outcome::print(self.common.json, &report, |report| report.words("Verified backup"))?;
        Ok(Outcome::Done)
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let data = self.common.data();
        let path = self.key.clone().unwrap_or_else(|| data.database_key());
        let key = StoreKey::read_file(&path)?;
        data.create()?;
        let ports = Ports::system();
        let info = posto_store::restore(&self.from, data.path(), &key, &*ports.clock, &*ports.entropy)?;
        if self.key.is_some() {
            let own = data.database_key();
            if own.exists() {
                std::fs::remove_file(&own).with_context(|| format!("cannot replace {}", own.display()))?;
            }
            key.create_file(&own)?;
        }
        let report = Report::new(self.from, &info);
        outcome::print(self.common.json, &report, |report| report.words("Restored"))?;
        Ok(Outcome::Done)
    }
}
