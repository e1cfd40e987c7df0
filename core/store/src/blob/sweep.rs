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
/// Has its name from when it listed the files of erased attachments only.
const UNNEEDED: &str = "blobs/erased";

/// The name of a file of ours: of an attachment, or of the tail of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileName {
    pub(super) name: [u8; 16],
    /// Of a tail: how many bytes had arrived with it.
    pub(super) received: Option<u64>,
}

impl FileName {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (hex, received) = match text.split_once('.') {
            Some((hex, received)) => (hex, Some(received.parse().ok()?)),
            None => (text, None),
        };
        let mut name = [0; 16];
        hex::decode_to_slice(hex, &mut name).ok()?;
        let parsed = Self { name, received };
        // Another spelling is somebody else's.
        (parsed.to_string() == text).then_some(parsed)
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.name))?;
        self.received.map_or(Ok(()), |received| write!(f, ".{received}"))
    }
}

/// What the database says of files.
struct Named {
    /// Attachments that are here, or on their way from the server.
    attachments: BTreeSet<[u8; 16]>,
    /// Uploads, and how many bytes of each have arrived.
    uploads: BTreeMap<[u8; 16], u64>,
}

impl Named {
    fn has(&self, file: FileName) -> bool {
        match file.received {
            None => self.attachments.contains(&file.name) || self.uploads.contains_key(&file.name),
            Some(received) => self.uploads.get(&file.name) == Some(&received),
        }
    }

    /// Whether it is a tail whose bytes lie elsewhere by now. One that is ahead of its upload may be about to count.
    fn has_replaced(&self, file: FileName) -> bool {
        let Some(received) = file.received else { return false };
        self.attachments.contains(&file.name)
            || self.uploads.get(&file.name).is_some_and(|now| *now > received)
    }
}

/// Files by their names, and when each was first seen without a row.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Orphans(BTreeMap<String, u64>);

impl Store {
    /// Forgets uploads that were left unfinished for thirty days. Removes files of erased attachments and replaced tails of
    /// uploads at once, and files that nothing has named for a week. One that a row names is never touched. Reads the folder; for the start of a process. Answers how many
    /// were removed.
    ///
    /// # Errors
    /// Of the database or the file system.
    pub fn sweep_blob_files(&self) -> Result<usize> {
        self.submit(Lane::Background, |tx| tx.note_unneeded(&tx.forget_old_uploads()?)).wait()?;
        let unneeded = self.remove_unneeded_files()?;
        // The folder first: whoever writes a file names it afterwards, and is found when the rows are read.
        let files = self.blobs().files()?;
        let (named, known) = self.read(|r| Ok::<_, Error>((r.named_files()?, r.orphans()?)))?;
        let now_ms = self.shared().now_ms();
        let (mut kept, mut removed) = (Orphans::default(), unneeded);
        for file in files.into_iter().filter(|file| !named.has(*file)) {
            let first_seen = known.0.get(&file.to_string()).copied().unwrap_or(now_ms);
            if named.has_replaced(file) || now_ms.saturating_sub(first_seen) >= ORPHAN_KEPT_MS {
                self.blobs().remove(file);
                removed += 1;
            } else {
                kept.0.insert(file.to_string(), first_seen);
            }
        }
        if kept != known {
            self.submit(Lane::Background, move |tx| tx.set_orphans(&kept)).wait()?;
        }
        Ok(removed)
    }

    /// Removes the files that the last transactions made superfluous, of erased attachments and of contents that are here
    /// twice, and answers how many.
    ///
    /// # Errors
    /// Of the database or the file system; the next start tries again.
    pub fn remove_unneeded_files(&self) -> Result<usize> {
        let files = self.read(|r| r.unneeded_files())?;
        if files.is_empty() {
            return Ok(0);
        }
        self.remove_blob_files(&files);
        let gone: BTreeSet<[u8; 16]> = files.iter().copied().collect();
        // What a broken upload of it may have left.
        for tail in self.blobs().files()?.into_iter().filter(|file| gone.contains(&file.name)) {
            self.blobs().remove(tail);
        }
        self.submit(Lane::Background, move |tx| {
            let mut left = tx.unneeded_files()?;
            left.retain(|name| !gone.contains(name));
            tx.set_unneeded(&left)
        })
        .wait()?;
        Ok(files.len())
    }
}

impl ReadTx<'_> {
    fn named_files(&self) -> Result<Named> {
        let mut statement = self.statement("SELECT file FROM blob")?;
        let attachments = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut statement = self.statement("SELECT id, received FROM upload")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(Named { attachments, uploads: rows.collect::<Result<_, _>>()? })
    }

    fn orphans(&self) -> Result<Orphans> {
        let body = self.meta(ORPHANS)?;
        body.map_or_else(
            || Ok(Orphans::default()),
            |body| serde_json::from_slice(&body).map_err(|_| Error::Unreadable("names of files")),
        )
    }

    fn unneeded_files(&self) -> Result<Vec<[u8; 16]>> {
        let body = self.meta(UNNEEDED)?.unwrap_or_default();
        Ok(body.chunks_exact(16).filter_map(|name| name.try_into().ok()).collect())
    }
}

impl WriteTx<'_> {
    /// In the transaction that makes them superfluous: these files go, even if the process ends before it could remove them.
    pub(crate) fn note_unneeded(&self, files: &[[u8; 16]]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let mut all = self.unneeded_files()?;
        all.extend(files);
        self.set_unneeded(&all)
    }

    fn set_unneeded(&self, files: &[[u8; 16]]) -> Result<()> {
        self.set_meta(UNNEEDED, &files.concat())
    }

    fn set_orphans(&self, orphans: &Orphans) -> Result<()> {
        let body = serde_json::to_vec(orphans).map_err(|_| Error::Unreadable("names of files"))?;
        self.set_meta(ORPHANS, &body)
    }
}
