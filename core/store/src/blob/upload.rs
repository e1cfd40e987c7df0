//! Uploads from a desk: resumable at any byte, whole only when their hash is known.

use posto_domain::id::DocumentId;
use posto_sync::limits::BLOB_BYTES_MAX;
use posto_sync::{BlobHash, BlobProgress};
use rusqlite::{OptionalExtension, params};

use super::tail::Begun;
use super::{BlobContent, BlobRow, BlobState};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::transaction::{ReadTx, WriteTx};

/// An upload on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadState {
    /// Drawn by the store.
    pub id: [u8; 16],
    /// Whole size in bytes.
    pub size: u64,
    /// Bytes on disk: where to go on.
    pub received: u64,
    /// What the process keeps with it (name, patient), as JSON.
    pub body: String,
    pub started_ms: u64,
}

/// An upload of which every byte has arrived.
#[derive(Debug)]
pub struct WholeUpload {
    id: [u8; 16],
    pub hash: BlobHash,
    pub content: BlobContent,
}

impl Store {
    /// Begins an upload of `size` bytes.
    ///
    /// # Errors
    /// [`Error::UploadOffset`] when it is larger than an attachment may be.
    pub fn begin_upload(&self, size: u64, body: String) -> Result<UploadState> {
        if size > BLOB_BYTES_MAX {
            return Err(Error::UploadOffset { expected: BLOB_BYTES_MAX, actual: size });
        }
        self.write(move |tx| {
            let state = UploadState {
                id: tx.shared.draw()?,
                size,
                received: 0,
                body,
                started_ms: tx.shared.now_ms(),
            };
            tx.statement("INSERT INTO upload (id, size, body, at_ms) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![state.id, size as i64, state.body, state.started_ms as i64])?;
            Ok(state)
        })
    }

    /// Takes the next bytes of an upload, durably, and answers how far it is. Bytes that were answered for stay whatever
    /// becomes of this call. One call at a time for each upload.
    ///
    /// # Errors
    /// [`Error::UploadOffset`] when `offset` is not where it stands, or more comes than announced; when its file was damaged
    /// it stands further back than was answered, where all before is there. [`Error::NoSuchBlob`] for an unknown upload.
    pub fn continue_upload(&self, id: [u8; 16], offset: u64, bytes: &[u8]) -> Result<u64> {
        let state = self.upload(id)?;
        if offset != state.received || offset + bytes.len() as u64 > state.size {
            return Err(Error::UploadOffset { expected: state.received, actual: offset });
        }
        if bytes.is_empty() {
            return Ok(offset);
        }
        self.blobs().create_folder()?;
        let file = self.blobs().file(id);
        let mut draw = || self.shared().draw();
        match file.begin(offset, &mut draw)? {
            Begun::Unsound { expected } => {
                self.set_received(id, expected)?;
                Err(Error::UploadOffset { expected, actual: offset })
            }
            Begun::Chunk(chunk) => {
                let received = file.extend(chunk, offset, state.size, bytes, &mut draw)?;
                self.set_received(id, received)?;
                file.remove_tail(offset);
                Ok(received)
            }
        }
    }

    fn set_received(&self, id: [u8; 16], received: u64) -> Result<()> {
        self.write(move |tx| {
            tx.statement("UPDATE upload SET received = ?2 WHERE id = ?1")?
                .execute(params![id, received as i64])?;
            Ok(())
        })
    }

    /// The content of an upload of which every byte has arrived. Changes nothing.
    ///
    /// # Errors
    /// [`Error::UploadOffset`] when bytes are missing; [`Error::DamagedBlob`]; [`Error::NoSuchBlob`] for an unknown upload.
    pub fn whole_upload(&self, id: [u8; 16]) -> Result<WholeUpload> {
        let UploadState { size, received, .. } = self.upload(id)?;
        if received != size {
            return Err(Error::UploadOffset { expected: size, actual: received });
        }
        let file = self.blobs().file(id);
        let hash = BlobHash(file.hash(BlobProgress::chunk_count(size))?);
        Ok(WholeUpload { id, hash, content: BlobContent { file, size } })
    }

    /// Ends a whole upload to which no record refers.
    ///
    /// # Errors
    /// As [`Self::whole_upload`], and of the database.
    pub fn finish_upload(&self, id: [u8; 16]) -> Result<BlobHash> {
        let upload = self.whole_upload(id)?;
        let hash = upload.hash;
        self.write(move |tx| tx.finish_upload(&upload))?;
        self.remove_unneeded_files()?;
        Ok(hash)
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// Of the database.
    pub fn cancel_upload(&self, id: [u8; 16]) -> Result<()> {
        let received = self.read(|r| r.find_upload(id))?.map_or(0, |upload| upload.received);
        self.write(move |tx| {
            tx.statement("DELETE FROM upload WHERE id = ?1")?.execute([id])?;
            Ok::<_, Error>(())
        })?;
        let file = self.blobs().file(id);
        file.remove();
        file.remove_tail(received);
        Ok(())
    }

    /// Where an upload stands.
    ///
    /// # Errors
    /// [`Error::NoSuchBlob`].
    pub fn upload(&self, id: [u8; 16]) -> Result<UploadState> {
        self.read(|r| r.find_upload(id))?.ok_or(Error::NoSuchBlob)
    }
}

/// How long an upload that was left unfinished is kept after it was begun, thirty days.
pub const UNFINISHED_KEPT_MS: u64 = 30 * 86_400_000;

impl WriteTx<'_> {
    /// Forgets uploads that were begun too long ago; the names of their files, which are to be removed.
    pub(super) fn forget_old_uploads(&self) -> Result<Vec<[u8; 16]>> {
        let begun_before = self.shared.now_ms().saturating_sub(UNFINISHED_KEPT_MS);
        let mut statement = self.statement("DELETE FROM upload WHERE at_ms < ?1 RETURNING id")?;
        let gone = statement.query_map([begun_before as i64], |row| row.get(0))?;
        Ok(gone.collect::<Result<_, _>>()?)
    }

    /// Forgets uploads of which what is kept with them names this document; the names of their files.
    pub(crate) fn forget_uploads_about(&self, document: DocumentId) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.statement("DELETE FROM upload WHERE instr(body, ?1) > 0 RETURNING id")?;
        let gone = statement.query_map([document.to_string()], |row| row.get(0))?;
        Ok(gone.collect::<Result<_, _>>()?)
    }

    /// Ends a whole upload: from here on its content is found by its hash and waits for the server. Belongs into the
    /// transaction of the record that refers to it, so that neither is ever there without the other; afterwards
    /// [`Store::remove_unneeded_files`].
    ///
    /// # Errors
    /// Of the database.
    pub fn finish_upload(&self, upload: &WholeUpload) -> Result<()> {
        let (size, file) = (upload.content.size, upload.id);
        self.statement("DELETE FROM upload WHERE id = ?1")?.execute([file])?;
        let known = self.blob_row(upload.hash)?;
        // The same content twice, or a download of it that had begun.
        let unneeded = match known {
            Some(known) if known.state != BlobState::Wanted => Some(file),
            _ => {
                let chunks_held = BlobProgress::chunk_count(size);
                self.put_blob(upload.hash, BlobRow { size, chunks_held, state: BlobState::Held, file })?;
                known.map(|known| known.file)
            }
        };
        self.note_unneeded(unneeded.as_slice())
    }
}

impl ReadTx<'_> {
    fn find_upload(&self, id: [u8; 16]) -> Result<Option<UploadState>> {
        let mut statement = self.statement("SELECT size, received, body, at_ms FROM upload WHERE id = ?1")?;
        Ok(statement
            .query_row([id], |row| {
                Ok(UploadState {
                    id,
                    size: row.get::<_, i64>(0)? as u64,
                    received: row.get::<_, i64>(1)? as u64,
                    body: row.get(2)?,
                    started_ms: row.get::<_, i64>(3)? as u64,
                })
            })
            .optional()?)
    }
}
