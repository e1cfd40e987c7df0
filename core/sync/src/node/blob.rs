//! Attachments, one at a time in each direction, behind everything else.

use std::collections::{BTreeMap, VecDeque};

use super::{ChunkOutcome, NodeEvent, NodeRequest, NodeSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{
    BLOB_BYTES_MAX, BLOB_CHUNK_BYTES, BLOB_CHUNKS_IN_FLIGHT_MAX, BLOBS_LISTED_MAX, BLOBS_MISSED_MAX,
};
use crate::message::{BlobChunk, BlobHave, BlobOffer, BlobStored, BlobWant, Message};
use crate::types::{BlobHash, BlobProgress, BlobWork};

/// A content that does not match its hash is tried again so often within a session.
const MISMATCHES_MAX: u32 = 3;

/// One transfer.
#[derive(Debug)]
struct Transfer {
    progress: BlobProgress,
    /// The server has answered the offer (uploads); always true for downloads.
    agreed: bool,
    /// Next chunk to read or to ask for.
    next: u32,
    /// Chunks sent or asked for and not answered.
    in_flight: usize,
    /// A read or write of the storage is under way, or the blob is being marked.
    storing: bool,
    /// Chunks that arrived and wait to be stored.
    arrived: VecDeque<BlobChunk>,
    mismatches: u32,
    /// After a mismatch: wait for the chunks in flight, then go on where the holder stands.
    restart: bool,
    /// The server has it by now; the answer that it has not may still be on its way, on another channel.
    available: bool,
}

impl Transfer {
    fn new(progress: BlobProgress, agreed: bool) -> Self {
        Self {
            progress,
            agreed,
            next: progress.chunks_held,
            in_flight: 0,
            storing: false,
            arrived: VecDeque::new(),
            mismatches: 0,
            restart: false,
            available: false,
        }
    }

    fn chunks(&self) -> u32 {
        BlobProgress::chunk_count(self.progress.size)
    }

    fn is_complete(&self) -> bool {
        self.progress.chunks_held >= self.chunks()
    }

    fn wants_chunk(&self) -> bool {
        self.agreed
            && !self.restart
            && self.next < self.chunks()
            && self.in_flight < BLOB_CHUNKS_IN_FLIGHT_MAX
    }

    /// Goes on where the holder stands once nothing is in flight any more.
    fn settle_restart(&mut self) {
        if self.restart && self.in_flight == 0 && self.arrived.is_empty() {
            self.restart = false;
            self.next = self.progress.chunks_held;
        }
    }
}

/// All attachment work of a session.
#[derive(Debug, Default)]
pub(super) struct Blobs {
    listing: bool,
    /// Something changed while the list was being read.
    list_again: bool,
    uploads: VecDeque<BlobProgress>,
    downloads: VecDeque<BlobProgress>,
    upload: Option<Transfer>,
    download: Option<Transfer>,
    /// Asked for in vain; the server says when they come.
    missed: BTreeMap<BlobHash, BlobProgress>,
}

impl Blobs {
    pub(super) fn is_idle(&self) -> bool {
        !self.listing
            && self.uploads.is_empty()
            && self.downloads.is_empty()
            && self.upload.is_none()
            && self.download.is_none()
    }

    /// The upload under way, if it is of this blob: late answers to one given up are ignored.
    fn upload_of(&mut self, blob: BlobHash) -> Option<&mut Transfer> {
        self.upload.as_mut().filter(|upload| upload.progress.blob == blob)
    }

    fn download_of(&mut self, blob: BlobHash) -> Option<&mut Transfer> {
        self.download.as_mut().filter(|download| download.progress.blob == blob)
    }
}

impl NodeSession {
    pub(super) fn list_blobs(&mut self) {
        if self.blobs.listing || !self.blobs.is_idle() {
            self.blobs.list_again = true;
            return;
        }
        self.blobs.listing = true;
        self.blobs.list_again = false;
        self.ops.start(&mut self.link, NodeRequest::ListBlobs, Purpose::ListBlobs);
    }

    pub(super) fn blobs_listed(&mut self, work: BlobWork) {
        self.blobs.listing = false;
        let full = work.upload.len() >= BLOBS_LISTED_MAX || work.download.len() >= BLOBS_LISTED_MAX;
        self.blobs.uploads = work.upload.into_iter().take(BLOBS_LISTED_MAX).collect();
        let missed = &self.blobs.missed;
        let wanted = work.download.into_iter().filter(|progress| !missed.contains_key(&progress.blob));
        self.blobs.downloads = wanted.take(BLOBS_LISTED_MAX).collect();
        // A list of nothing but missed ones must not be asked for again and again; but what changed while it was being
        // read may not be in it.
        let nothing = self.blobs.uploads.is_empty() && self.blobs.downloads.is_empty();
        self.blobs.list_again |= full && !nothing;
        self.pump_blobs();
    }

    fn pump_blobs(&mut self) {
        self.pump_upload();
        self.pump_download();
        if self.blobs.is_idle() && self.blobs.list_again {
            self.list_blobs();
        }
    }

    fn pump_upload(&mut self) {
        if self.blobs.upload.is_none() {
            let Some(progress) = self.blobs.uploads.pop_front() else { return };
            self.blobs.upload = Some(Transfer::new(progress, false));
            self.link.send(Channel::Blob, BlobOffer { blob: progress.blob, size: progress.size });
            return;
        }
        let Some(upload) = &mut self.blobs.upload else { return };
        upload.settle_restart();
        let blob = upload.progress.blob;
        if upload.storing || !upload.agreed {
            return;
        }
        if upload.is_complete() && upload.in_flight == 0 {
            upload.storing = true;
            self.ops.start(&mut self.link, NodeRequest::MarkBlobSent { blob }, Purpose::MarkBlob(blob));
        } else if upload.wants_chunk() {
            upload.storing = true;
            let index = upload.next;
            upload.next += 1;
            let request = NodeRequest::ReadBlobChunk { blob, index };
            self.ops.start(&mut self.link, request, Purpose::ReadChunk(blob, index));
        }
    }

    pub(super) fn chunk_read(&mut self, blob: BlobHash, index: u32, chunk_hash: BlobHash, bytes: Vec<u8>) {
        let Some(upload) = self.blobs.upload_of(blob) else { return };
        upload.storing = false;
        if !upload.restart {
            upload.in_flight += 1;
            self.link.statistics.blob_bytes_sent += bytes.len() as u64;
            let size = upload.progress.size;
            self.link.send(Channel::Blob, BlobChunk { blob, size, index, chunk_hash, bytes: bytes.into() });
        }
        self.pump_blobs();
    }

    pub(super) fn blob_message(&mut self, message: Message) -> Result<(), Violation> {
        match message {
            Message::BlobHave(have) => self.blob_have(&have),
            Message::BlobStored(stored) => self.blob_stored(&stored),
            Message::BlobChunk(chunk) => self.blob_chunk(chunk),
            Message::BlobMissing(missing) => self.blob_missing(missing.blob),
            _ => Err(Violation),
        }?;
        self.pump_blobs();
        Ok(())
    }

    fn blob_have(&mut self, have: &BlobHave) -> Result<(), Violation> {
        let Some(upload) = self.blobs.upload_of(have.blob) else { return Ok(()) };
        if upload.agreed || have.chunks_held > upload.chunks() {
            return Err(Violation);
        }
        upload.agreed = true;
        upload.progress.chunks_held = have.chunks_held;
        upload.next = have.chunks_held;
        self.link.statistics.round_trips += 1;
        Ok(())
    }

    fn blob_stored(&mut self, stored: &BlobStored) -> Result<(), Violation> {
        let Some(upload) = self.blobs.upload_of(stored.blob) else { return Ok(()) };
        if upload.in_flight == 0 || stored.chunks_held > upload.chunks() {
            return Err(Violation);
        }
        upload.in_flight -= 1;
        upload.progress.chunks_held = stored.chunks_held;
        if stored.mismatch.unwrap_or(false) {
            upload.restart = true;
            upload.mismatches += 1;
            if upload.mismatches > MISMATCHES_MAX {
                self.blobs.upload = None;
            }
            return Ok(());
        }
        let progress = upload.progress;
        self.link.event(NodeEvent::Blob { upload: true, progress });
        Ok(())
    }

    /// The upload is marked as sent, or a missing download as unavailable.
    pub(super) fn blob_marked(&mut self, blob: BlobHash) {
        if self.blobs.upload.as_ref().is_some_and(|upload| upload.progress.blob == blob) {
            self.blobs.upload = None;
        }
        self.pump_blobs();
    }

    fn pump_download(&mut self) {
        if self.blobs.download.is_none() {
            let Some(progress) = self.blobs.downloads.pop_front() else { return };
            self.blobs.download = Some(Transfer::new(progress, true));
        }
        let Some(download) = &mut self.blobs.download else { return };
        download.settle_restart();
        let blob = download.progress.blob;
        while download.wants_chunk() {
            let index = download.next;
            download.next += 1;
            download.in_flight += 1;
            self.link.send(Channel::Blob, BlobWant { blob, index });
        }
        if download.storing {
            return;
        }
        if let Some(chunk) = download.arrived.pop_front() {
            download.storing = true;
            let request = NodeRequest::WriteBlobChunk {
                blob,
                size: chunk.size,
                index: chunk.index,
                chunk_hash: chunk.chunk_hash,
                bytes: chunk.bytes.into(),
            };
            self.ops.start(&mut self.link, request, Purpose::WriteChunk(blob));
        } else if download.is_complete() {
            self.blobs.download = None;
            self.pump_download();
        }
    }

    fn blob_chunk(&mut self, chunk: BlobChunk) -> Result<(), Violation> {
        let Some(download) = self.blobs.download_of(chunk.blob) else { return Ok(()) };
        let sane =
            download.in_flight > 0 && chunk.size <= BLOB_BYTES_MAX && chunk.bytes.len() <= BLOB_CHUNK_BYTES;
        if !sane {
            return Err(Violation);
        }
        download.in_flight -= 1;
        if !download.restart {
            self.link.statistics.blob_bytes_received += chunk.bytes.len() as u64;
            download.arrived.push_back(chunk);
        }
        Ok(())
    }

    pub(super) fn chunk_written(&mut self, blob: BlobHash, outcome: ChunkOutcome) {
        let Some(download) = self.blobs.download_of(blob) else { return };
        download.storing = false;
        match outcome {
            ChunkOutcome::Stored(progress) => {
                download.progress.chunks_held = progress.chunks_held;
                let progress = download.progress;
                self.link.event(NodeEvent::Blob { upload: false, progress });
            }
            ChunkOutcome::Mismatch(progress) => {
                download.progress.chunks_held = progress.chunks_held;
                download.arrived.clear();
                download.restart = true;
                download.mismatches += 1;
                if download.mismatches > MISMATCHES_MAX {
                    self.blobs.download = None;
                }
            }
        }
        self.pump_blobs();
    }

    fn blob_missing(&mut self, blob: BlobHash) -> Result<(), Violation> {
        let Some(download) = self.blobs.download_of(blob) else { return Ok(()) };
        download.in_flight = download.in_flight.checked_sub(1).ok_or(Violation)?;
        download.restart = true;
        if download.in_flight == 0 && !download.storing {
            let (progress, available) = (download.progress, download.available);
            self.blobs.download = None;
            if available {
                self.blobs.downloads.push_back(progress);
                return Ok(());
            }
            if self.blobs.missed.len() < BLOBS_MISSED_MAX {
                self.blobs.missed.insert(blob, progress);
            }
            self.ops.start(
                &mut self.link,
                NodeRequest::MarkBlobUnavailable { blob },
                Purpose::MarkBlob(blob),
            );
        }
        Ok(())
    }

    /// The server got what this node had asked for in vain.
    pub(super) fn blob_available(&mut self, blob: BlobHash) {
        if let Some(download) = self.blobs.download_of(blob) {
            download.available = true;
        }
        if let Some(progress) = self.blobs.missed.remove(&blob) {
            self.blobs.downloads.push_back(progress);
            self.pump_blobs();
        }
    }
}
