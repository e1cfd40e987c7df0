//! What the server's engine asks of its storage, and the answers.
//!
//! Every request is atomic and durable before its answer, or has not happened at all.

use crate::node::ChunkOutcome;
use crate::types::{
    ActorPrefix, BlobHash, BlobProgress, BootId, ChangeHash, Checkpoint, Epoch, Erasure, HubScopeState,
    Instance, NodeKey, RefusedChange, ScopeName, Seq, SessionEnd,
};

/// A storage request of the server's engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubRequest {
    /// Decide whether this node may have a session and read its scopes in one snapshot.
    ///
    /// A node has one live session, kept in a registry. None → register, admit. One of the same `boot` and a lower
    /// `connection` → stop it ([`SessionEnd::Superseded`]), register, admit. One of another `boot` → find out whether it is
    /// alive: if it is, the node exists twice and [`Admission::Refused`] says [`SessionEnd::Cloned`]; if not, this one takes
    /// its place. How that is found out is the registry's: a transport that can be asked for a sign of life is (`posto-net`
    /// does that, and the answer waits for it); where there is none, [`HubNudge::Probe`] makes the engine ask, and the
    /// newcomer is told [`SessionEnd::Busy`] until [`HubEvent::ProbeAnswered`] or the old session's end (the simulation does
    /// that). A session leaves the registry when its driver ends.
    Admit {
        /// The node of the certificate.
        node: NodeKey,
        /// The actor prefix it claims; must be the one derived from the node id.
        actor_prefix: ActorPrefix,
        /// Its database instance.
        instance: Instance,
        /// Its process.
        boot: BootId,
        /// Its connection count.
        connection: u64,
        /// Its software, for the console.
        software: String,
    },
    /// Encode the changes with `seq > after`, in order, up to `max_bytes` raw, leaving out those whose
    /// origin is `exclude` (the cursor passes over them). One snapshot.
    ReadFeed {
        /// Of this scope.
        scope: ScopeName,
        /// After this sequence.
        after: Seq,
        /// Raw bytes to gather.
        max_bytes: usize,
        /// The peer's own instance.
        exclude: Instance,
        /// Encode with [`crate::batch::EncodeOptions::verbatim`].
        verbatim: bool,
    },
    /// Decode; check each change (header well-formed, hash, actor prefix, scope writable by this node,
    /// kind lives in the scope, dependencies held or earlier in this batch, size, not erased, no other
    /// change with this actor and sequence); then in one transaction append the good ones in order with
    /// consecutive sequences and `instance` as origin, and update head, count and fingerprint. Changes
    /// already held are good and not stored again. A refused change takes those that depend on it with it
    /// ([`crate::types::ChangeRefusal::MissingDependency`]).
    AppendPush {
        /// Into this scope.
        scope: ScopeName,
        /// The batch as received.
        batch: Vec<u8>,
        /// Who pushes.
        node: NodeKey,
        /// Required prefix of every actor id.
        actor_prefix: ActorPrefix,
        /// Recorded as the changes' origin.
        instance: Instance,
    },
    /// The next documents of a first download: those with `anchor < before`, highest anchor first, each
    /// with all its changes of `seq <= as_of` in order, until `max_bytes` raw are reached (at least one
    /// document; a document is never split unless it alone exceeds the limits of a batch, then the
    /// storage answers several batches). Anchor: see [`crate::types::BootstrapPosition`]. Finding them is a
    /// walk down the log: a row is its document's anchor unless the document has a later row `<= as_of`.
    BootstrapPage {
        /// Of this scope.
        scope: ScopeName,
        /// The download's fixed end.
        as_of: Seq,
        /// Exclusive upper bound of the anchors.
        before: Seq,
        /// Raw bytes to gather.
        max_bytes: usize,
        /// Encode with [`crate::batch::EncodeOptions::verbatim`].
        verbatim: bool,
    },
    /// All hashes of the scope's log and its state, in one snapshot.
    ListHashes {
        /// Of this scope.
        scope: ScopeName,
    },
    /// Encode these changes in log order with [`crate::batch::EncodeOptions::full_dependencies`], as far
    /// as `max_bytes` raw allows. Hashes not held (erased meanwhile) are left out.
    ReadByHash {
        /// Of this scope.
        scope: ScopeName,
        /// Which.
        hashes: Vec<ChangeHash>,
        /// Raw bytes to gather.
        max_bytes: usize,
        /// Encode with [`crate::batch::EncodeOptions::verbatim`].
        verbatim: bool,
    },
    /// Entries of the scope's erasure ledger with `number > after`, at most `max`.
    ReadErasures {
        /// Of this scope.
        scope: ScopeName,
        /// After this entry.
        after: u64,
        /// At most so many.
        max: usize,
    },
    /// Record that this node carried the ledger out up to `cursor`.
    ConfirmErasures {
        /// Of this scope.
        scope: ScopeName,
        /// Which node.
        node: NodeKey,
        /// Up to this entry.
        cursor: u64,
    },
    /// How much of a blob the node's clinic holds. Unknown blobs answer `chunks_held: 0`; with `size: 0`
    /// when the size is not known either.
    BlobStatus {
        /// On behalf of this node (its clinic decides what it may see).
        node: NodeKey,
        /// Which blob.
        blob: BlobHash,
    },
    /// Read a chunk of a complete blob of the node's clinic.
    ReadBlobChunk {
        /// On behalf of this node.
        node: NodeKey,
        /// Which blob.
        blob: BlobHash,
        /// Which chunk.
        index: u32,
    },
    /// As [`crate::node::NodeRequest::WriteBlobChunk`], into the node's clinic.
    WriteBlobChunk {
        /// On behalf of this node.
        node: NodeKey,
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
}

/// Answers, named as the requests are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubAnswer {
    /// To [`HubRequest::Admit`].
    Admit(Admission),
    /// To [`HubRequest::ReadFeed`].
    ReadFeed {
        /// The scope's incarnation in this snapshot.
        epoch: Epoch,
        /// The encoded batch; `None` when every change in the range was the peer's own, or none is there.
        batch: Option<Vec<u8>>,
        /// Changes in it.
        changes: u32,
        /// The receiver's cursor once it has the batch.
        cursor: Seq,
        /// The scope's state, when `cursor` is its head; else `None`: there is more.
        checkpoint: Option<Checkpoint>,
    },
    /// To [`HubRequest::AppendPush`].
    AppendPush(PushOutcome),
    /// To [`HubRequest::BootstrapPage`].
    BootstrapPage {
        /// The scope's incarnation in this snapshot.
        epoch: Epoch,
        /// Encoded batches (normally one), to be stored in order. Empty when no document is left.
        batches: Vec<Vec<u8>>,
        /// Changes in them.
        changes: u32,
        /// Lowest anchor sent: the next page's `before`; 0 when this was the last page.
        before: Seq,
    },
    /// To [`HubRequest::ListHashes`].
    ListHashes {
        /// The state the list belongs to.
        state: HubScopeState,
        /// The hashes, any order.
        hashes: Vec<ChangeHash>,
    },
    /// To [`HubRequest::ReadByHash`].
    ReadByHash {
        /// The encoded batch, `None` when none of the hashes is held.
        batch: Option<Vec<u8>>,
        /// Changes in it.
        changes: u32,
        /// Hashes that found no room and must be asked for again.
        rest: Vec<ChangeHash>,
    },
    /// To [`HubRequest::ReadErasures`].
    ReadErasures {
        /// In ledger order.
        entries: Vec<Erasure>,
        /// Whether there is more behind them.
        more: bool,
    },
    /// To [`HubRequest::ConfirmErasures`].
    ErasuresConfirmed,
    /// To [`HubRequest::BlobStatus`].
    BlobStatus(BlobProgress),
    /// To [`HubRequest::ReadBlobChunk`].
    ReadBlobChunk {
        /// The blob's size, BLAKE3 of the chunk and the chunk; `None` when the server does not have it.
        chunk: Option<(u64, BlobHash, Vec<u8>)>,
    },
    /// To [`HubRequest::WriteBlobChunk`].
    WriteBlobChunk(ChunkOutcome),
}

/// Whether a node may have its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Admitted {
        /// Every scope it may hold.
        scopes: Vec<HubScopeState>,
    },
    /// It may not.
    Refused(SessionEnd),
}

/// What became of a pushed batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// Every change was stored, held before, or refused for a reason.
    Stored {
        /// The scope as it now is.
        state: HubScopeState,
        /// Changes that were new.
        new: u32,
        /// Changes that were refused.
        refused: Vec<RefusedChange>,
    },
    /// The batch does not decode or a change does not rebuild. Nothing was stored; the node is asked
    /// for it verbatim.
    Corrupt,
}

/// What the server tells a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubNudge {
    /// The scope's log grew or its epoch or erasure ledger changed (by another session, too).
    Changed(ScopeName),
    /// An attachment has become complete in the node's clinic.
    BlobStored(BlobHash),
    /// For registries whose transport cannot be asked: find out within [`crate::limits::PROBE_MS_MAX`] whether the peer is alive:
    /// [`HubEvent::ProbeAnswered`], or the session ends with [`SessionEnd::TimedOut`].
    Probe,
}

/// What a session tells the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubEvent {
    /// The node was admitted.
    Admitted {
        /// Protocol version agreed on.
        version: u16,
        /// Its software.
        software: String,
        /// Server's wall clock minus the node's, milliseconds.
        clock_offset_ms: i64,
    },
    /// Changes were pushed and stored: nudge the other sessions of the scope, wake the projector.
    Pushed {
        /// Which scope.
        scope: ScopeName,
        /// New changes.
        changes: u32,
        /// The head now.
        head: Seq,
    },
    /// Changes were refused.
    Refused {
        /// Which scope.
        scope: ScopeName,
        /// Which and why.
        changes: Vec<RefusedChange>,
    },
    /// The node has everything up to here, durably: sync health.
    Acknowledged {
        /// Which scope.
        scope: ScopeName,
        /// The node's cursor.
        cursor: Seq,
    },
    /// The node began a repair of this scope. An incident to count unless it follows a restore.
    RepairBegan {
        /// Which scope.
        scope: ScopeName,
    },
    /// The peer answered a probe: it is alive.
    ProbeAnswered,
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
