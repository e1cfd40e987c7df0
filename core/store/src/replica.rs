//! The node's side of replication: every storage request of the engine, answered.

mod append;
mod bases;
mod erase;
mod pending;
mod refused;
mod scope;
pub(crate) mod state;
mod waiting;

use posto_sync::StoreFailure;
use posto_sync::node::{AppendOutcome, NodeAnswer, NodeRequest};

use crate::error::{Error, Result};
use crate::store::Store;

pub use bases::KindBases;
pub use refused::RefusedLocally;

impl Store {
    /// Carries out one storage request of the replication engine, durably, and answers it. Blocks:
    /// call it on a thread that may.
    ///
    /// # Errors
    /// What the engine can act on: no room, busy, broken.
    pub fn answer(&self, request: NodeRequest) -> Result<NodeAnswer, StoreFailure> {
        self.carry_out(request).map_err(|error| {
            tracing::warn!(%error, "storage request failed");
            match error {
                Error::DiskFull => StoreFailure::Full,
                Error::Locked => StoreFailure::Busy,
                _ => StoreFailure::Broken,
            }
        })
    }

    fn carry_out(&self, request: NodeRequest) -> Result<NodeAnswer> {
        Ok(match request {
            NodeRequest::LoadReplica => {
                // The first request of a session.
                self.retry_unavailable_blobs();
                self.read(|r| {
                    Ok::<_, Error>(NodeAnswer::LoadReplica {
                        instance: r.instance()?,
                        scopes: r.scope_states()?,
                    })
                })?
            }
            NodeRequest::ReadPending { scope, after, max_bytes, verbatim } => {
                let pending = self.read_pending(&scope, after, max_bytes, verbatim)?;
                NodeAnswer::ReadPending {
                    batch: pending.batch,
                    changes: pending.changes,
                    last: pending.last,
                    more: pending.more,
                }
            }
            NodeRequest::Append { scope, batch, advance } => match self.append(&scope, batch, advance) {
                Err(Error::Batch(_)) => NodeAnswer::Append(AppendOutcome::Corrupt),
                outcome => NodeAnswer::Append(outcome?),
            },
            NodeRequest::MarkAcked { scope, after, up_to, refused } => {
                NodeAnswer::Scope(self.mark_acked(&scope, after, up_to, refused)?)
            }
            NodeRequest::ListHashes { scope } => {
                NodeAnswer::ListHashes { hashes: self.read(|r| r.list_hashes(scope.as_str()))? }
            }
            NodeRequest::MarkPending { scope, hashes } => {
                NodeAnswer::Scope(self.mark_pending(&scope, hashes)?)
            }
            NodeRequest::Adopt { scope, epoch, cursor } => {
                NodeAnswer::Scope(self.adopt(&scope, epoch, cursor)?)
            }
            NodeRequest::Erase { scope, entries, cursor } => {
                NodeAnswer::Scope(self.erase(&scope, entries, cursor)?)
            }
            NodeRequest::ListBlobs => NodeAnswer::ListBlobs(self.blob_work()?),
            NodeRequest::ReadBlobChunk { blob, index } => {
                let (chunk_hash, bytes) = self.read_blob_chunk(blob, index)?;
                NodeAnswer::ReadBlobChunk { chunk_hash, bytes }
            }
            NodeRequest::WriteBlobChunk { blob, size, index, chunk_hash, bytes } => {
                NodeAnswer::WriteBlobChunk(self.write_blob_chunk(blob, size, index, chunk_hash, &bytes)?)
            }
            NodeRequest::MarkBlobSent { blob } => {
                self.mark_blob_sent(blob)?;
                NodeAnswer::BlobMarked
            }
            NodeRequest::MarkBlobUnavailable { blob } => {
                self.mark_blob_unavailable(blob);
                NodeAnswer::BlobMarked
            }
        })
    }
}
