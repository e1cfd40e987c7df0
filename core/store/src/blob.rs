//! Contents of attachments: files beside the database, encrypted in chunks, found by their BLAKE3.

mod disk;
mod file;
mod sweep;
mod tail;
#[cfg(test)]
mod tests;
mod transfer;
mod upload;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use posto_sync::BlobHash;
use posto_sync::limits::BLOB_CHUNK_BYTES;
use rusqlite::{OptionalExtension, params};

use crate::error::{Error, Result};
use crate::key::StoreKey;
use crate::store::Store;
use crate::transaction::{ReadTx, WriteTx};
use disk::{Disk, SystemDisk};
use file::BlobFile;
use sweep::FileName;

pub use sweep::ORPHAN_KEPT_MS;
pub use upload::{UNFINISHED_KEPT_MS, UploadState, WholeUpload};

/// Where the files are and how they are encrypted.
pub(crate) struct BlobFolder {
    folder: PathBuf,
    key: [u8; 32],
    chunk_bytes: usize,
    disk: Arc<dyn Disk>,
    /// What the server did not have when this process asked.
    unavailable: Mutex<BTreeSet<BlobHash>>,
    /// What could not be read when the server wanted it, and when that was, Unix milliseconds.
    unreadable: Mutex<BTreeMap<BlobHash, u64>>,
}

impl BlobFolder {
    pub(crate) fn new(folder: PathBuf, key: &StoreKey) -> Self {
        Self {
            folder,
            key: key.derive("posto attachment files v1"),
            chunk_bytes: BLOB_CHUNK_BYTES,
            disk: Arc::new(SystemDisk),
            unavailable: Mutex::default(),
            unreadable: Mutex::default(),
        }
    }

    /// The file with this random name, which need not exist.
    fn file(&self, name: [u8; 16]) -> BlobFile {
        BlobFile::new(self, name)
    }

    /// Names of all files there are. What is named otherwise is none of ours.
    fn files(&self) -> Result<Vec<FileName>> {
        let failed = |source| Error::file("read folder", &self.folder, source);
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let text = entry.map_err(failed)?.file_name();
            files.extend(text.to_str().and_then(FileName::parse));
        }
        Ok(files)
    }

    fn remove(&self, file: FileName) {
        match file.received {
            Some(received) => self.file(file.name).remove_tail(received),
            None => self.file(file.name).remove(),
        }
    }

    fn create_folder(&self) -> Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder)
            .and_then(|()| self.disk.sync_folder(&self.folder))
            .map_err(|source| Error::file("create folder", &self.folder, source))
    }
}

/// A row of the table of contents.
#[derive(Debug, Clone, Copy)]
struct BlobRow {
    size: u64,
    chunks_held: u32,
    state: BlobState,
    file: [u8; 16],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlobState {
    Wanted,
    Held,
    Sent,
}

impl BlobState {
    const fn code(self) -> i64 {
        match self {
            Self::Wanted => 0,
            Self::Held => 1,
            Self::Sent => 2,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Wanted,
            1 => Self::Held,
            _ => Self::Sent,
        }
    }
}

/// A complete content, open for reading.
pub struct BlobContent {
    file: BlobFile,
    size: u64,
}

impl BlobContent {
    /// Whole size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes from `offset`, at most `length` and never beyond the end of a chunk: call again with
    /// what is left. Empty at the end.
    ///
    /// # Errors
    /// [`Error::DamagedBlob`], [`Error::File`].
    pub fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>> {
        if offset >= self.size {
            return Ok(Vec::new());
        }
        let chunk = self.file.read_chunk((offset / BLOB_CHUNK_BYTES as u64) as u32)?;
        let start = (offset % BLOB_CHUNK_BYTES as u64) as usize;
        let end = start.saturating_add(length).min(chunk.len());
        Ok(chunk.get(start..end).unwrap_or_default().to_vec())
    }
}

impl std::fmt::Debug for BlobContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobContent").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a complete content.
    ///
    /// # Errors
    /// [`Error::NoSuchBlob`] when it is not here, or not whole yet.
    pub fn blob(&self, hash: BlobHash) -> Result<BlobContent> {
        let row = self.read(|r| r.blob_row(hash))?.filter(|row| row.state != BlobState::Wanted);
        let row = row.ok_or(Error::NoSuchBlob)?;
        Ok(BlobContent { file: self.blobs().file(row.file), size: row.size })
    }

    /// Removes files, after what named them is gone.
    pub(crate) fn remove_blob_files(&self, files: &[[u8; 16]]) {
        for name in files {
            self.blobs().file(*name).remove();
        }
    }

    pub(crate) fn missing_blob_files(&self) -> Result<u64> {
        let files = self.read(|r| r.held_blob_files())?;
        Ok(files.into_iter().filter(|(_, name)| !self.blobs().file(*name).exists()).count() as u64)
    }
}

impl ReadTx<'_> {
    /// How much of a content is here: bytes held and whole size; `None` when nobody speaks of it.
    ///
    /// # Errors
    /// Of the database.
    pub fn blob_progress(&self, hash: BlobHash) -> Result<Option<(u64, u64)>> {
        let row = self.blob_row(hash)?;
        Ok(row.map(|row| match row.state {
            BlobState::Wanted => {
                ((u64::from(row.chunks_held) * BLOB_CHUNK_BYTES as u64).min(row.size), row.size)
            }
            _ => (row.size, row.size),
        }))
    }

    fn blob_row(&self, hash: BlobHash) -> Result<Option<BlobRow>> {
        let mut statement =
            self.statement("SELECT size, chunks_held, state, file FROM blob WHERE hash = ?1")?;
        Ok(statement
            .query_row([hash.0], |row| {
                Ok(BlobRow {
                    size: row.get::<_, i64>(0)? as u64,
                    chunks_held: row.get(1)?,
                    state: BlobState::from_code(row.get(2)?),
                    file: row.get(3)?,
                })
            })
            .optional()?)
    }

    /// Files of complete contents; an empty one has none.
    pub(crate) fn held_blob_files(&self) -> Result<Vec<(BlobHash, [u8; 16])>> {
        let mut statement =
            self.statement("SELECT hash, file FROM blob WHERE state > 0 AND size > 0 ORDER BY hash")?;
        let rows = statement.query_map([], |row| Ok((BlobHash(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// A document refers to a content: it is fetched when it is not here. An empty one is here, as it is everywhere: it
    /// has no chunk that could come, and the server only has to hear of it.
    pub(crate) fn want_blob(&self, hash: BlobHash, size: u64) -> Result<()> {
        if self.blob_row(hash)?.is_some() {
            return Ok(());
        }
        let (size, state) = match hash.0 == *blake3::hash(b"").as_bytes() {
            true => (0, BlobState::Held),
            // A record may say that it is empty; its hash says that there is something to ask for.
            false => (size.max(1), BlobState::Wanted),
        };
        self.put_blob(hash, BlobRow { size, chunks_held: 0, state, file: self.shared.draw()? })
    }

    fn put_blob(&self, hash: BlobHash, row: BlobRow) -> Result<()> {
        self.statement(
            "INSERT OR REPLACE INTO blob (hash, size, chunks_held, state, file, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            hash.0,
            row.size as i64,
            row.chunks_held,
            row.state.code(),
            row.file,
            self.shared.now_ms() as i64
        ])?;
        Ok(())
    }

    /// Forgets a content when no attachment refers to it any more, and answers its file.
    pub(crate) fn forget_blob_if_unreferenced(&self, hash: BlobHash) -> Result<Option<[u8; 16]>> {
        let referenced = self
            .statement("SELECT 1 FROM record WHERE kind = ?1 AND key = ?2 LIMIT 1")?
            .exists(params![posto_domain::Kind::Attachment.code(), hash.to_string()])?;
        let row = self.blob_row(hash)?;
        let (false, Some(row)) = (referenced, row) else { return Ok(None) };
        self.statement("DELETE FROM blob WHERE hash = ?1")?.execute([hash.0])?;
        Ok(Some(row.file))
    }
}
