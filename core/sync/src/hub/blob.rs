//! Attachments: the server takes what is offered and gives what is asked for, one thing at a time.

use std::collections::{BTreeSet, VecDeque};

use super::{HubRequest, HubSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{BLOB_BYTES_MAX, BLOB_CHUNK_BYTES, BLOB_CHUNKS_IN_FLIGHT_MAX, BLOBS_MISSED_MAX};
use crate::message::{BlobChunk, BlobHave, BlobMissing, BlobStored, Message};
use crate::node::ChunkOutcome;
use crate::types::{BlobHash, BlobProgress};

/// An offer, and the chunks of one upload and of one download: more never waits.
const TASKS_MAX: usize = 1 + 4 * BLOB_CHUNKS_IN_FLIGHT_MAX;

/// Attachment work of a session.
#[derive(Debug, Default)]
pub(super) struct HubBlobs {
    queue: VecDeque<(HubRequest, Purpose)>,
    running: bool,
    /// What the storage is looking for, and whether it came since: the answer may be older than that.
    reading: Option<BlobHash>,
    came_meanwhile: bool,
    /// Asked for in vain.
    missed: BTreeSet<BlobHash>,
}

impl HubBlobs {
    /// A blob is whole now. Whether the node asked for it in vain; forgets that.
    pub(super) fn came(&mut self, blob: BlobHash) -> bool {
        self.came_meanwhile |= self.reading == Some(blob);
        self.missed.remove(&blob)
    }
}

impl HubSession {
    pub(super) fn blob_message(&mut self, message: Message) -> Result<(), Violation> {
        let node = self.config.node;
        let task = match message {
            Message::BlobOffer(offer) => {
                if offer.size > BLOB_BYTES_MAX {
                    return Err(Violation);
                }
                (HubRequest::BlobStatus { node, blob: offer.blob }, Purpose::BlobStatus(offer.blob))
            }
            Message::BlobChunk(chunk) => {
                let count = BlobProgress::chunk_count(chunk.size);
                let sane = chunk.size <= BLOB_BYTES_MAX
                    && chunk.bytes.len() <= BLOB_CHUNK_BYTES
                    && chunk.index < count;
                if !sane {
                    return Err(Violation);
                }
                self.link.statistics.blob_bytes_received += chunk.bytes.len() as u64;
                let request = HubRequest::WriteBlobChunk {
                    node,
                    blob: chunk.blob,
                    size: chunk.size,
                    index: chunk.index,
                    chunk_hash: chunk.chunk_hash,
                    bytes: chunk.bytes.into(),
                };
                (request, Purpose::WriteChunk(chunk.blob))
            }
            Message::BlobWant(want) => {
                let request = HubRequest::ReadBlobChunk { node, blob: want.blob, index: want.index };
                (request, Purpose::ReadChunk(want.blob, want.index))
            }
            _ => return Err(Violation),
        };
        if self.blobs.queue.len() >= TASKS_MAX {
            return Err(Violation);
        }
        self.blobs.queue.push_back(task);
        self.pump_blobs();
        Ok(())
    }

    fn pump_blobs(&mut self) {
        if self.blobs.running {
            return;
        }
        if let Some((request, purpose)) = self.blobs.queue.pop_front() {
            self.blobs.running = true;
            self.blobs.came_meanwhile = false;
            self.blobs.reading = match &purpose {
                Purpose::ReadChunk(blob, _) => Some(*blob),
                _ => None,
            };
            self.ops.start(&mut self.link, request, purpose);
        }
    }

    fn task_done(&mut self, message: impl Into<Message>) {
        self.blobs.running = false;
        self.link.send(Channel::Blob, message);
        self.pump_blobs();
    }

    pub(super) fn blob_status(&mut self, blob: BlobHash, progress: BlobProgress) {
        self.task_done(BlobHave { blob, chunks_held: progress.chunks_held });
    }

    pub(super) fn chunk_read(&mut self, blob: BlobHash, index: u32, chunk: Option<(u64, BlobHash, Vec<u8>)>) {
        let Some((size, chunk_hash, bytes)) = chunk else {
            if self.blobs.came_meanwhile {
                let request = HubRequest::ReadBlobChunk { node: self.config.node, blob, index };
                self.blobs.queue.push_front((request, Purpose::ReadChunk(blob, index)));
                self.blobs.running = false;
                self.pump_blobs();
                return;
            }
            if self.blobs.missed.len() < BLOBS_MISSED_MAX {
                self.blobs.missed.insert(blob);
            }
            self.task_done(BlobMissing { blob });
            return;
        };
        self.link.statistics.blob_bytes_sent += bytes.len() as u64;
        self.task_done(BlobChunk { blob, size, index, chunk_hash, bytes: bytes.into() });
    }

    pub(super) fn chunk_written(&mut self, blob: BlobHash, outcome: ChunkOutcome) {
        let (progress, mismatch) = match outcome {
            ChunkOutcome::Stored(progress) => (progress, None),
            ChunkOutcome::Mismatch(progress) => (progress, Some(true)),
        };
        self.task_done(BlobStored { blob, chunks_held: progress.chunks_held, mismatch });
    }
}
