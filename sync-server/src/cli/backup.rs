//! `backup` and `restore`.

use std::path::PathBuf;

use clap::Args;

use super::{Data, Format, outcome};
use crate::backup::{self, Ledgers};
use crate::clock::Clock;

/// Arguments of `backup`.
#[derive(Args)]
pub(super) struct Backup {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// The file to write; it holds the authority's key, so keep it as safe as the server
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `restore`.
#[derive(Args)]
pub(super) struct Restore {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The erasure ledger (erasures.ndjson) of the lost server, so that what was erased stays erased; not needed
    /// when it still lies in the data folder
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
    /// The revocation ledger (revocations.ndjson) of the lost server, so that nodes and people who were shut out stay
    /// out; not needed
    /// when it still lies in the data folder
    #[arg(long, value_name = "FILE")]
    revocations: Option<PathBuf>,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let summary = backup::write(&self.data.open()?, &self.out)?;
        outcome::print(self.format, &summary, |summary| {
            println!(
                "{}: {} bytes, {} changes, read back and verified",
                self.out.display(),
                summary.bytes,
                summary.changes
            );
        })
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let ledgers =
            Ledgers { erasures: self.erasures.as_deref(), revocations: self.revocations.as_deref() };
        let summary = backup::restore(&self.data.folder(), &self.from, ledgers, &Clock::system())?;
        outcome::print(self.format, &summary, |summary| {
            println!("Restored {} changes into {}.", summary.changes, self.data.data.display());
            println!("Erasures applied again: {}.", summary.erased_again);
            println!("Revocations applied again: {}.", summary.revoked_again);
            println!("People deactivated again: {}.", summary.deactivated_again);
            println!("Sessions at the console have ended: everybody signs in again.");
            println!(
                "Every scope has a new epoch: nodes prove what they hold and send what this backup lacks."
            );
        })
    }
}
