//! Files that nothing names: what a crash left between a commit and the file system.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::store::Store;
use crate::transaction::{ReadTx, WriteTx};
use crate::writer::Lane;

/// How long a file that nothing names is kept after it was first seen so, a week: long enough to notice that the
/// wrong database lies beside it, and to put the right one back.
pub const ORPHAN_KEPT_MS: u64 = 7 * 86_400_000;

const ORPHANS: &str = "blobs/orphans";
const ERASED: &str = "blobs/erased";

/// Files by their names in hexadecimal, and when each was first seen without a row.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Orphans(BTreeMap<String, u64>);

impl Store {
    /// Removes files of erased attachments at once, and files that nothing has named for a week. One that a row
    /// names is never touched. Reads the folder; for the start of a process. Answers how many were removed.
    ///
    /// # Errors
    /// Of the database or the file system.
    pub fn sweep_blob_files(&self) -> Result<usize> {
        let erased = self.read(|r| r.erased_files())?;
        self.remove_erased(&erased)?;
        // The folder first: whoever writes a file names it afterwards, and is found when the rows are read.
        let files = self.blobs().files()?;
        let (named, known) = self.read(|r| Ok::<_, Error>((r.named_files()?, r.orphans()?)))?;
        let now_ms = self.shared().now_ms();
        let (mut kept, mut removed) = (Orphans::default(), erased.len());
        for name in files.into_iter().filter(|name| !named.contains(name)) {
            let first_seen = known.0.get(&hex::encode(name)).copied().unwrap_or(now_ms);
            if now_ms.saturating_sub(first_seen) >= ORPHAN_KEPT_MS {
                self.blobs().file(name).remove();
                removed += 1;
            } else {
                kept.0.insert(hex::encode(name), first_seen);
            }
        }
        if kept != known {
            self.submit(Lane::Background, move |tx| tx.set_orphans(&kept)).wait()?;
        }
        Ok(removed)
    }

    /// Removes the files of erased attachments and forgets that they were to go.
    pub(crate) fn remove_erased(&self, files: &[[u8; 16]]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        self.remove_blob_files(files);
        let gone: BTreeSet<[u8; 16]> = files.iter().copied().collect();
        self.submit(Lane::Background, move |tx| {
            let mut left = tx.erased_files()?;
            left.retain(|name| !gone.contains(name));
            tx.set_erased(&left)
        })
        .wait()
    }
}

impl ReadTx<'_> {
    fn named_files(&self) -> Result<BTreeSet<[u8; 16]>> {
        let mut statement = self.statement("SELECT file FROM blob UNION ALL SELECT id FROM upload")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn orphans(&self) -> Result<Orphans> {
        let body = self.meta(ORPHANS)?;
        body.map_or_else(
            || Ok(Orphans::default()),
            |body| serde_json::from_slice(&body).map_err(|_| Error::Unreadable("names of files")),
        )
    }

    fn erased_files(&self) -> Result<Vec<[u8; 16]>> {
        let body = self.meta(ERASED)?.unwrap_or_default();
        Ok(body.chunks_exact(16).filter_map(|name| name.try_into().ok()).collect())
    }
}

impl WriteTx<'_> {
    /// In the transaction of an erasure: these files go, even if the process ends before it could remove them.
    pub(crate) fn note_erased(&self, files: &[[u8; 16]]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let mut all = self.erased_files()?;
        all.extend(files);
        self.set_erased(&all)
    }

    fn set_erased(&self, files: &[[u8; 16]]) -> Result<()> {
        self.set_meta(ERASED, &files.concat())
    }

    fn set_orphans(&self, orphans: &Orphans) -> Result<()> {
        let body = serde_json::to_vec(orphans).map_err(|_| Error::Unreadable("names of files"))?;
        self.set_meta(ORPHANS, &body)
    }
}
