//! What the node's engine asks of its storage, and the answers.
//!
//! Every request is atomic: it happens whole, durable (`synchronous=FULL`) before its answer, or
//! not at all. Each may be repeated after a failure.

use crate::types::{
    BlobHash, BlobProgress, BlobWork, BootstrapPosition, ChangeHash, Epoch, Erasure, Instance, LocalSeq,
    RefusedChange, ScopeName, ScopeState, Seq, SessionEnd,
};

/// How a scope's position moves in the transaction that appends a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// Requires `state.epoch == Some(epoch)`, `state.cursor == after` and no bootstrap under way;
    /// sets `cursor`.
    Feed {
        /// Incarnation the sequences belong to.
        epoch: Epoch,
        /// Where the cursor must stand.
        after: Seq,
        /// Where it goes.
        cursor: Seq,
    },
    /// Requires `state.cursor == 0` and `state.epoch` to be `None` or equal; sets `epoch` and
    /// `bootstrap = Some(position)`.
    Bootstrap {
        /// Incarnation the position belongs to.
        epoch: Epoch,
        /// How far the download is once this batch is in.
        position: BootstrapPosition,
    },
    /// Same requirement; sets `epoch`, `cursor = as_of`, `bootstrap = None`.
    BootstrapDone {
        /// Incarnation the position belongs to.
        epoch: Epoch,
        /// Where the feed goes on.
        as_of: Seq,
    },
    /// Changes found by a repair: no requirement, nothing moves.
    Stay,
}

/// A storage request of the node's engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeRequest {
    /// Read the replica's instance and all its scopes in one snapshot.
    LoadReplica,
    /// Encode the oldest pending changes with `local_seq > after`, in local order, up to
    /// `max_bytes` raw (at least one change). Changes a person must look at first are not pending.
    ReadPending {
        /// Of this scope.
        scope: ScopeName,
        /// After this local sequence.
        after: LocalSeq,
        /// Raw bytes to gather.
        max_bytes: usize,
        /// Encode with [`crate::batch::EncodeOptions::verbatim`].
        verbatim: bool,
    },
    /// Decode the batch (the resolver looks among this store's changes), then in one transaction:
    /// check `advance`'s requirement; append each change not held yet as remote; mark one that was
    /// pending, or refused, as acknowledged; keep `count`, `fingerprint`, `pending_*`; skip changes of
    /// documents in the local erasure table; mark documents for the projector; move the position.
    /// Dependencies need not be present (a repair may bring them later): the projector waits for them.
    Append {
        /// Into this scope.
        scope: ScopeName,
        /// The batch as received; `None` moves the position only.
        batch: Option<Vec<u8>>,
        /// How the position moves.
        advance: Advance,
    },
    /// In one transaction: every *pending* change with `after < local_seq <= up_to` becomes
    /// acknowledged, except those in `refused`, which become refused: they leave the scope's count and
    /// fingerprint and, with everything that depends on them, wait for a person. `refused` hashes
    /// of pending changes outside the range are treated the same.
    MarkAcked {
        /// Of this scope.
        scope: ScopeName,
        /// Exclusive lower bound.
        after: LocalSeq,
        /// Inclusive upper bound.
        up_to: LocalSeq,
        /// The exceptions.
        refused: Vec<RefusedChange>,
    },
    /// All hashes in the scope's count (refused ones are not), any order, in one snapshot.
    ListHashes {
        /// Of this scope.
        scope: ScopeName,
    },
    /// In one transaction: acknowledged or remote changes with these hashes become pending again
    /// (the server lost them). Hashes not held are ignored.
    MarkPending {
        /// Of this scope.
        scope: ScopeName,
        /// Which changes.
        hashes: Vec<ChangeHash>,
    },
    /// In one transaction: `epoch`, `cursor`, `bootstrap = None`. After a repair.
    Adopt {
        /// Of this scope.
        scope: ScopeName,
        /// The server's incarnation.
        epoch: Epoch,
        /// The head the repair was made against.
        cursor: Seq,
    },
    /// In one transaction with `secure_delete`: remove the documents with all their changes (pending
    /// ones too), read-model rows, search entries and attachments no other document refers to; remember
    /// the ids so that they never return; set `erasure_cursor`; keep count and fingerprint.
    Erase {
        /// Of this scope.
        scope: ScopeName,
        /// What to remove, in ledger order.
        entries: Vec<Erasure>,
        /// Value of `erasure_cursor` afterwards.
        cursor: u64,
    },
    /// What attachments to move.
    ListBlobs,
    /// Read one chunk of a complete local blob.
    ReadBlobChunk {
        /// Which blob.
        blob: BlobHash,
        /// Which chunk.
        index: u32,
    },
    /// Check the chunk against `chunk_hash` and, when it is the last one, the whole content against
    /// the blob's hash; store it durably. A chunk already held is fine. A content that does not match
    /// is thrown away and starts again from chunk 0.
    WriteBlobChunk {
        /// Which blob.
        blob: BlobHash,
        /// Its whole size.
        size: u64,
        /// Which chunk.
        index: u32,
        /// BLAKE3 of the chunk.
        chunk_hash: BlobHash,
        /// The chunk.
        bytes: Vec<u8>,
    },
    /// The server holds the whole blob; it need not be listed for upload again.
    MarkBlobSent {
        /// Which blob.
        blob: BlobHash,
    },
    /// The server does not have a blob that documents refer to (its owner has not sent it yet): leave
    /// it out of [`NodeAnswer::ListBlobs`] until the process's next session.
    MarkBlobUnavailable {
        /// Which blob.
        blob: BlobHash,
    },
}

/// Answers, named as the requests are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeAnswer {
    /// To [`NodeRequest::LoadReplica`].
    LoadReplica {
        /// This database's instance.
        instance: Instance,
        /// Every replicated scope the node knows (not the local one).
        scopes: Vec<ScopeState>,
    },
    /// To [`NodeRequest::ReadPending`].
    ReadPending {
        /// The encoded batch, or `None` when nothing is pending after the given sequence.
        batch: Option<Vec<u8>>,
        /// Changes in it.
        changes: u32,
        /// Local sequence of its last change.
        last: LocalSeq,
        /// Whether more is pending behind it.
        more: bool,
    },
    /// To [`NodeRequest::Append`].
    Append(AppendOutcome),
    /// To [`NodeRequest::MarkAcked`], [`NodeRequest::MarkPending`], [`NodeRequest::Adopt`] and
    /// [`NodeRequest::Erase`]: the scope as it now is.
    Scope(ScopeState),
    /// To [`NodeRequest::ListHashes`].
    ListHashes {
        /// The hashes.
        hashes: Vec<ChangeHash>,
    },
    /// To [`NodeRequest::ListBlobs`].
    ListBlobs(BlobWork),
    /// To [`NodeRequest::ReadBlobChunk`].
    ReadBlobChunk {
        /// BLAKE3 of the chunk.
        chunk_hash: BlobHash,
        /// The chunk.
        bytes: Vec<u8>,
    },
    /// To [`NodeRequest::WriteBlobChunk`].
    WriteBlobChunk(ChunkOutcome),
    /// To [`NodeRequest::MarkBlobSent`] and [`NodeRequest::MarkBlobUnavailable`].
    BlobMarked,
}

/// What became of a batch from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendOutcome {
    /// It is in.
    Appended {
        /// The scope as it now is.
        state: ScopeState,
        /// Changes that were not held before.
        new: u32,
    },
    /// The batch does not decode or a change does not rebuild ([`crate::batch::BatchError`]). Nothing
    /// was stored; the engine asks for it verbatim.
    Corrupt,
    /// The position is not where `advance` requires it. Nothing was stored.
    Stale,
}

/// What became of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkOutcome {
    /// Stored (or held before); this much is held now. `chunks_held` equal to the chunk count means
    /// complete and verified.
    Stored(BlobProgress),
    /// The chunk, or the whole, does not match its hash; `chunks_held` says where to go on.
    Mismatch(BlobProgress),
}

/// What the owner tells a node's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeNudge {
    /// Local changes were committed in this scope.
    Committed(ScopeName),
    /// An attachment was added, or one is wanted.
    Blobs,
    /// A person asked for a check now: verify every scope against the server.
    Verify,
}

/// What the node's session tells its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeEvent {
    /// The server admitted this node.
    Admitted {
        /// Protocol version agreed on.
        version: u16,
        /// Server's wall clock minus this node's, milliseconds, half a round trip taken off.
        clock_offset_ms: i64,
        /// Round trip of hello and welcome, milliseconds.
        round_trip_ms: u64,
    },
    /// New changes of the scope were appended.
    Received {
        /// Which scope.
        scope: ScopeName,
        /// How many.
        changes: u32,
    },
    /// Changes were acknowledged by the server.
    Acknowledged {
        /// Which scope.
        scope: ScopeName,
        /// Still pending.
        pending: u64,
    },
    /// Changes were refused by the server and put aside for a person.
    Refused {
        /// Which scope.
        scope: ScopeName,
        /// Which and why.
        changes: Vec<RefusedChange>,
    },
    /// How far a first download is: `done` of `total` sequence numbers.
    Bootstrap {
        /// Which scope.
        scope: ScopeName,
        /// Sequence numbers behind us.
        done: u64,
        /// Sequence numbers in all.
        total: u64,
    },
    /// Both sides were shown to hold the same changes.
    InSync {
        /// Which scope.
        scope: ScopeName,
    },
    /// Fingerprints differed although the cursors agreed; a repair has begun. An incident to count.
    Mismatch {
        /// Which scope.
        scope: ScopeName,
    },
    /// A repair ended.
    Repaired {
        /// Which scope.
        scope: ScopeName,
        /// Changes the server lacked.
        sent: u64,
        /// Changes this node lacked.
        received: u64,
    },
    /// The server does not let this node hold the scope (any more). Its data stays until a person decides.
    ScopeWithdrawn {
        /// Which scope.
        scope: ScopeName,
    },
    /// Progress of one attachment.
    Blob {
        /// To the server, not from it.
        upload: bool,
        /// How far.
        progress: BlobProgress,
    },
    /// A storage request failed and will be tried again.
    StorageTrouble {
        /// How.
        failure: crate::session::StoreFailure,
    },
    /// The session is over.
    Ended {
        /// Why.
        end: SessionEnd,
    },
}
