//! Contents between this node and the server: what to move, and each chunk of it.

use posto_sync::limits::{BLOB_BYTES_MAX, BLOB_CHUNK_BYTES, BLOBS_LISTED_MAX};
use posto_sync::node::ChunkOutcome;
use posto_sync::{BlobHash, BlobProgress, BlobWork};
use rusqlite::params;

use super::{BlobRow, BlobState};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::transaction::{ReadTx, WriteTx};
use crate::writer::Lane;

/// A content that could not be read is offered again after an hour, or by the next process: the disk may be well by then.
const UNREADABLE_RETRY_MS: u64 = 3_600_000;

impl Store {
    pub(crate) fn blob_work(&self) -> Result<BlobWork> {
        let (mut upload, mut download) = self
            .read(|r| Ok::<_, Error>((r.unfinished(BlobState::Held)?, r.unfinished(BlobState::Wanted)?)))?;
        let unavailable = self.blobs().unavailable.lock();
        download.retain(|progress| !unavailable.contains(&progress.blob));
        download.truncate(BLOBS_LISTED_MAX);
        let (unreadable, now_ms) = (self.blobs().unreadable.lock(), self.shared().now_ms());
        let waits = |failed_ms: &u64| now_ms.abs_diff(*failed_ms) < UNREADABLE_RETRY_MS;
        upload.retain(|progress| !unreadable.get(&progress.blob).is_some_and(waits));
        upload.truncate(BLOBS_LISTED_MAX);
        Ok(BlobWork { upload, download })
    }

    pub(crate) fn read_blob_chunk(&self, blob: BlobHash, index: u32) -> Result<(BlobHash, Vec<u8>)> {
        let row = self.read(|r| r.blob_row(blob))?.ok_or(Error::NoSuchBlob)?;
        let bytes = self.blobs().file(row.file).read_chunk(index).inspect_err(|_| {
            // Ends this session, and must not end the next one as well: the others go first.
            self.blobs().unreadable.lock().insert(blob, self.shared().now_ms());
        })?;
        Ok((BlobHash(*blake3::hash(&bytes).as_bytes()), bytes))
    }

    pub(crate) fn write_blob_chunk(
        &self,
        blob: BlobHash,
        size: u64,
        index: u32,
        chunk_hash: BlobHash,
        bytes: &[u8],
    ) -> Result<ChunkOutcome> {
        let known = self.read(|r| r.blob_row(blob))?;
        let mut row = match known {
            Some(row) if row.state != BlobState::Wanted => {
                let chunks_held = BlobProgress::chunk_count(row.size);
                return Ok(ChunkOutcome::Stored(BlobProgress { blob, size: row.size, chunks_held }));
            }
            // The attachment's record may have said another size; the server has the content itself.
            Some(row) if row.size == size => row,
            Some(row) => BlobRow { size, chunks_held: 0, ..row },
            None => BlobRow { size, chunks_held: 0, state: BlobState::Wanted, file: self.shared().draw()? },
        };
        let progress = |row: &BlobRow| BlobProgress { blob, size, chunks_held: row.chunks_held };
        if index < row.chunks_held {
            return Ok(ChunkOutcome::Stored(progress(&row)));
        }
        let offset = u64::from(index) * BLOB_CHUNK_BYTES as u64;
        let expected = size.saturating_sub(offset).min(BLOB_CHUNK_BYTES as u64);
        let fits = index == row.chunks_held && bytes.len() as u64 == expected && size <= BLOB_BYTES_MAX;
        if !fits || blake3::hash(bytes).as_bytes() != &chunk_hash.0 {
            return Ok(ChunkOutcome::Mismatch(progress(&row)));
        }
        self.blobs().create_folder()?;
        let file = self.blobs().file(row.file);
        file.write_chunk(index, self.shared().draw()?, bytes)?;
        row.chunks_held += 1;
        let mut sound = true;
        if row.chunks_held == BlobProgress::chunk_count(size) {
            sound = match file.hash(row.chunks_held) {
                Ok(hash) => hash == blob.0,
                // What had come before lies here no more as it was: all of it is fetched anew.
                Err(Error::DamagedBlob) => false,
                Err(error) => return Err(error),
            };
            // What the server sent need not go back to it.
            row.state = if sound { BlobState::Sent } else { BlobState::Wanted };
        }
        if !sound {
            file.remove();
            row.chunks_held = 0;
        }
        self.submit(Lane::Background, move |tx| tx.put_blob(blob, row)).wait()?;
        Ok(if sound { ChunkOutcome::Stored(progress(&row)) } else { ChunkOutcome::Mismatch(progress(&row)) })
    }

    pub(crate) fn mark_blob_sent(&self, blob: BlobHash) -> Result<()> {
        self.submit(Lane::Background, move |tx| {
            tx.statement("UPDATE blob SET state = ?2 WHERE hash = ?1 AND state = ?3")?.execute(params![
                blob.0,
                BlobState::Sent.code(),
                BlobState::Held.code()
            ])?;
            Ok(())
        })
        .wait()
    }

    pub(crate) fn mark_blob_unavailable(&self, blob: BlobHash) {
        self.blobs().unavailable.lock().insert(blob);
    }

    /// A new session begins: what the server did not have may be there now.
    pub fn retry_unavailable_blobs(&self) {
        self.blobs().unavailable.lock().clear();
    }
}

impl WriteTx<'_> {
    /// The server lacks what it had acknowledged, or was put back: every content here is offered to it once more. What it
    /// has all the same costs a question and an answer.
    pub(crate) fn offer_blobs_again(&self) -> Result<()> {
        self.statement("UPDATE blob SET state = ?1 WHERE state = ?2")?
            .execute(params![BlobState::Held.code(), BlobState::Sent.code()])?;
        Ok(())
    }
}

impl ReadTx<'_> {
    fn unfinished(&self, state: BlobState) -> Result<Vec<BlobProgress>> {
        let mut statement = self.statement(
            "SELECT hash, size, chunks_held FROM blob INDEXED BY blob_unfinished
             WHERE state = ?1 AND state < 2 ORDER BY at_ms, hash LIMIT ?2",
        )?;
        // More than are listed: some of them may be unavailable.
        let rows = statement.query_map(params![state.code(), 16 * BLOBS_LISTED_MAX as i64], |row| {
            Ok(BlobProgress {
                blob: BlobHash(row.get(0)?),
                size: row.get::<_, i64>(1)? as u64,
                chunks_held: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
