//! Attachments: files named by the hash of their content, one folder per clinic, filled chunk by chunk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use posto_domain::{ClinicId, NodeId};
use posto_sync::hub::HubAnswer;
use posto_sync::limits::{BLOB_BYTES_MAX, BLOB_CHUNK_BYTES};
use posto_sync::node::ChunkOutcome;
use posto_sync::{BlobHash, BlobProgress};

use super::{Hub, HubError, rights};
use crate::storage::table::blob;

/// A chunk on its way in.
pub(super) struct Chunk {
    pub blob: BlobHash,
    pub size: u64,
    pub index: u32,
    pub hash: BlobHash,
    pub bytes: Vec<u8>,
}

/// Where attachments lie.
#[derive(Debug, Clone)]
pub(crate) struct BlobFolder(pub PathBuf);

impl BlobFolder {
    /// The file of a complete blob.
    pub(crate) fn complete(&self, clinic: ClinicId, blob: &BlobHash) -> PathBuf {
        let name = blob.to_string();
        self.0.join(clinic.to_string()).join(&name[..2]).join(name)
    }

    fn partial(&self, clinic: ClinicId, blob: &BlobHash) -> PathBuf {
        self.complete(clinic, blob).with_extension("part")
    }
}

impl Hub {
    pub(super) fn blob_status(&self, node: NodeId, blob: BlobHash) -> Result<HubAnswer, HubError> {
        let (clinic, size) = self.whole_blob(node, blob)?;
        let progress = match size {
            Some(size) => BlobProgress { blob, size, chunks_held: BlobProgress::chunk_count(size) },
            // No chunk of an empty one will follow: it is here.
            None if blob.0 == *blake3::hash(b"").as_bytes() => {
                self.note_complete(clinic, blob, 0)?;
                BlobProgress { blob, size: 0, chunks_held: 0 }
            }
            None => {
                let held = whole_chunks(&self.blobs.partial(clinic, &blob)).map_err(HubError::Blob)?;
                BlobProgress { blob, size: 0, chunks_held: held }
            }
        };
        Ok(HubAnswer::BlobStatus(progress))
    }

    pub(super) fn read_blob_chunk(
        &self,
        node: NodeId,
        blob: BlobHash,
        index: u32,
    ) -> Result<HubAnswer, HubError> {
        let (clinic, size) = self.whole_blob(node, blob)?;
        if size == Some(0) && index == 0 {
            return Ok(HubAnswer::ReadBlobChunk { chunk: Some((0, blob, Vec::new())) });
        }
        let Some(size) = size.filter(|size| index < BlobProgress::chunk_count(*size)) else {
            return Ok(HubAnswer::ReadBlobChunk { chunk: None });
        };
        let bytes = read_chunk(&self.blobs.complete(clinic, &blob), size, index).map_err(HubError::Blob)?;
        let hash = BlobHash(*blake3::hash(&bytes).as_bytes());
        Ok(HubAnswer::ReadBlobChunk { chunk: Some((size, hash, bytes)) })
    }

    pub(super) fn write_blob_chunk(&self, node: NodeId, chunk: &Chunk) -> Result<HubAnswer, HubError> {
        let (clinic, known) = self.whole_blob(node, chunk.blob)?;
        if let Some(size) = known {
            let held = BlobProgress { blob: chunk.blob, size, chunks_held: BlobProgress::chunk_count(size) };
            return Ok(HubAnswer::WriteBlobChunk(ChunkOutcome::Stored(held)));
        }
        let outcome = self.take_chunk(clinic, chunk)?;
        if let ChunkOutcome::Stored(progress) = outcome
            && progress.chunks_held == BlobProgress::chunk_count(chunk.size)
        {
            self.note_complete(clinic, chunk.blob, chunk.size)?;
        }
        Ok(HubAnswer::WriteBlobChunk(outcome))
    }

    fn note_complete(&self, clinic: ClinicId, blob: BlobHash, size: u64) -> Result<(), HubError> {
        let now_ms = self.clock.now_ms();
        self.db.write_blocking(move |tx| Ok(blob::insert(tx, clinic, &blob, size, now_ms)?))
    }

    /// The node's clinic, and the size of the blob when it is whole. Database and files may have been put back from
    /// different days, or the process have ended between the two: a file that is gone is asked for again, and one without
    /// a row gets its row.
    fn whole_blob(&self, node: NodeId, blob: BlobHash) -> Result<(ClinicId, Option<u64>), HubError> {
        let (clinic, noted) = self.db.read_blocking::<_, HubError, _>(|tx| {
            let clinic = rights::clinic_of(tx, node)?;
            Ok((clinic, blob::size(tx, clinic, &blob)?))
        })?;
        if noted == Some(0) {
            return Ok((clinic, noted));
        }
        let path = self.blobs.complete(clinic, &blob);
        let on_disk = file_length(&path).map_err(HubError::Blob)?;
        if let (None, Some(size)) = (noted, on_disk) {
            if has_content(&path, &blob).map_err(HubError::Blob)? {
                self.note_complete(clinic, blob, size)?;
                return Ok((clinic, on_disk));
            }
            std::fs::remove_file(&path).map_err(HubError::Blob)?;
        }
        Ok((clinic, noted.filter(|_| noted == on_disk)))
    }

    fn take_chunk(&self, clinic: ClinicId, chunk: &Chunk) -> Result<ChunkOutcome, HubError> {
        let partial = self.blobs.partial(clinic, &chunk.blob);
        let held = whole_chunks(&partial).map_err(HubError::Blob)?;
        let progress = |chunks_held| BlobProgress { blob: chunk.blob, size: chunk.size, chunks_held };
        let expected_bytes = chunk_bytes(chunk.size, chunk.index);
        let sound = chunk.size <= BLOB_BYTES_MAX
            && chunk.bytes.len() as u64 == expected_bytes
            && blake3::hash(&chunk.bytes).as_bytes() == &chunk.hash.0;
        if !sound || chunk.index > held {
            return Ok(ChunkOutcome::Mismatch(progress(held)));
        }
        if chunk.index < held {
            return Ok(ChunkOutcome::Stored(progress(held)));
        }
        write_chunk(&partial, chunk).map_err(HubError::Blob)?;
        if held + 1 < BlobProgress::chunk_count(chunk.size) {
            return Ok(ChunkOutcome::Stored(progress(held + 1)));
        }
        if complete(&partial, &self.blobs.complete(clinic, &chunk.blob), chunk).map_err(HubError::Blob)? {
            return Ok(ChunkOutcome::Stored(progress(held + 1)));
        }
        Ok(ChunkOutcome::Mismatch(progress(0)))
    }
}

fn chunk_bytes(size: u64, index: u32) -> u64 {
    size.saturating_sub(u64::from(index) * BLOB_CHUNK_BYTES as u64).min(BLOB_CHUNK_BYTES as u64)
}

/// Chunks that are whole in a partial file; a torn last one is written again.
fn whole_chunks(partial: &Path) -> io::Result<u32> {
    let chunks = file_length(partial)?.unwrap_or(0) / BLOB_CHUNK_BYTES as u64;
    Ok(u32::try_from(chunks).unwrap_or(u32::MAX))
}

/// `None` when there is no such file.
fn file_length(path: &Path) -> io::Result<Option<u64>> {
    match std::fs::metadata(path) {
        Ok(data) => Ok(Some(data.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn has_content(path: &Path, blob: &BlobHash) -> io::Result<bool> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().as_bytes() == &blob.0)
}

fn read_chunk(path: &Path, size: u64, index: u32) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(u64::from(index) * BLOB_CHUNK_BYTES as u64))?;
    let mut bytes = vec![0; usize::try_from(chunk_bytes(size, index)).unwrap_or(BLOB_CHUNK_BYTES)];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn write_chunk(partial: &Path, chunk: &Chunk) -> io::Result<()> {
    if let Some(folder) = partial.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(partial)?;
    let start = u64::from(chunk.index) * BLOB_CHUNK_BYTES as u64;
    file.set_len(start)?;
    file.seek(SeekFrom::Start(start))?;
    file.write_all(&chunk.bytes)?;
    file.sync_data()
}

/// Makes a full partial file the blob when its content is what its name says; else removes it.
fn complete(partial: &Path, target: &Path, chunk: &Chunk) -> io::Result<bool> {
    if !has_content(partial, &chunk.blob)? {
        std::fs::remove_file(partial)?;
        return Ok(false);
    }
    std::fs::rename(partial, target)?;
    if let Some(folder) = target.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(true)
}
