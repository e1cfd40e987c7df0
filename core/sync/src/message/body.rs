//! What each message carries.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::types::{
    ActorPrefix, BlobHash, BootId, BootstrapPosition, Checkpoint, Epoch, Erasure, Fingerprint, Instance,
    NodeKey, RefusedChange, ScopeName, ScopeState, Seq, SessionEnd,
};

/// The node introduces itself.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Hello {
    #[n(0)]
    pub(crate) version_min: u16,
    #[n(1)]
    pub(crate) version_max: u16,
    #[n(2)]
    pub(crate) node: NodeKey,
    #[n(3)]
    pub(crate) actor_prefix: ActorPrefix,
    #[n(4)]
    pub(crate) instance: Instance,
    #[n(5)]
    pub(crate) boot: BootId,
    #[n(6)]
    pub(crate) connection: u64,
    #[n(7)]
    pub(crate) software: String,
    #[n(8)]
    pub(crate) wall_clock_ms: u64,
    #[n(9)]
    pub(crate) scopes: Vec<HelloScope>,
    #[n(10)]
    pub(crate) capabilities: Option<u64>,
}

/// What the node holds of one scope.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct HelloScope {
    #[n(0)]
    pub(crate) scope: ScopeName,
    #[n(1)]
    pub(crate) epoch: Option<Epoch>,
    #[n(2)]
    pub(crate) cursor: Seq,
    #[n(3)]
    pub(crate) count: u64,
    #[n(4)]
    pub(crate) fingerprint: Fingerprint,
    #[n(5)]
    pub(crate) pending_count: Option<u64>,
    #[n(6)]
    pub(crate) pending_fingerprint: Option<Fingerprint>,
    #[n(7)]
    pub(crate) erasure_cursor: Option<u64>,
    #[n(8)]
    pub(crate) bootstrap: Option<BootstrapPosition>,
}

impl HelloScope {
    pub(crate) fn of(state: &ScopeState) -> Self {
        let pending = (state.pending_count > 0).then_some(());
        Self {
            scope: state.scope.clone(),
            epoch: state.epoch,
            cursor: state.cursor,
            count: state.count,
            fingerprint: state.fingerprint,
            pending_count: pending.map(|()| state.pending_count),
            pending_fingerprint: pending.map(|()| state.pending_fingerprint),
            erasure_cursor: (state.erasure_cursor > 0).then_some(state.erasure_cursor),
            bootstrap: state.bootstrap,
        }
    }
}

/// The server admits the node.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Welcome {
    #[n(0)]
    pub(crate) version: u16,
    #[n(1)]
    pub(crate) capabilities: u64,
    #[n(2)]
    pub(crate) wall_clock_ms: u64,
    #[n(3)]
    pub(crate) scopes: Vec<WelcomeScope>,
}

/// What the server says about one scope.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct WelcomeScope {
    #[n(0)]
    pub(crate) scope: ScopeName,
    #[n(1)]
    pub(crate) verdict: Verdict,
    #[n(2)]
    pub(crate) epoch: Epoch,
    /// Left out when in sync and nothing is pending: it is what the node has said of itself.
    #[n(3)]
    pub(crate) checkpoint: Option<Checkpoint>,
    #[n(4)]
    pub(crate) erasure_head: Option<u64>,
    #[n(5)]
    pub(crate) read_only: Option<bool>,
}

/// How a scope goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Verdict {
    /// Both hold the same; only news will come.
    #[n(0)]
    InSync,
    /// The feed goes on from the node's cursor.
    #[n(1)]
    Behind,
    /// Incarnation or fingerprint differ: the node applies erasures, reconciles, then resumes.
    #[n(2)]
    Repair,
    /// The node has nothing yet, or an unfinished first download: documents come newest first.
    #[n(3)]
    Bootstrap,
}

/// The node asks for ledger entries.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct ErasuresWanted {
    #[n(0)]
    pub(crate) scope: ScopeName,
    #[n(1)]
    pub(crate) after: u64,
}

/// Ledger entries.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Erasures {
    #[n(0)]
    pub(crate) scope: ScopeName,
    #[n(1)]
    pub(crate) entries: Vec<Erasure>,
    #[n(2)]
    pub(crate) more: bool,
}

/// The node has carried the ledger out.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct ErasuresDone {
    #[n(0)]
    pub(crate) scope: ScopeName,
    #[n(1)]
    pub(crate) cursor: u64,
}

/// The scope has a new incarnation; the feed stands still until the node resumes it.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct ScopeChanged {
    #[n(0)]
    pub(crate) scope: ScopeName,
    #[n(1)]
    pub(crate) epoch: Epoch,
}

/// Are you there?
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Ping {
    #[n(0)]
    pub(crate) number: u64,
}

/// I am.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Pong {
    #[n(0)]
    pub(crate) number: u64,
}

/// The last message of a session.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Goodbye {
    #[n(0)]
    pub(crate) end: SessionEnd,
}

/// The node says where the feed goes on; frames of older generations are void.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Resume {
    #[n(0)]
    pub(crate) scope: ScopeName,
    #[n(1)]
    pub(crate) generation: u32,
    #[n(2)]
    pub(crate) cursor: Seq,
    #[n(3)]
    pub(crate) bootstrap: Option<BootstrapPosition>,
    #[n(4)]
    pub(crate) verbatim: Option<bool>,
    #[n(5)]
    pub(crate) epoch: Option<Epoch>,
}

/// The node asks for a checkpoint.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Verify {
    #[n(0)]
    pub(crate) scope: ScopeName,
}

/// An attachment the node asked for in vain is there now.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct BlobAvailable {
    #[n(0)]
    pub(crate) blob: BlobHash,
}

/// Changes from the server's log, or documents of a first download.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct FeedBatch {
    #[n(0)]
    pub(crate) generation: u32,
    #[n(1)]
    pub(crate) epoch: Epoch,
    #[n(2)]
    pub(crate) after: Seq,
    #[n(3)]
    pub(crate) cursor: Seq,
    #[n(4)]
    pub(crate) batch: Option<ByteVec>,
    #[n(5)]
    pub(crate) checkpoint: Option<Checkpoint>,
    /// A first download's position after this batch; `before` 0 ends it.
    #[n(6)]
    pub(crate) bootstrap: Option<BootstrapPosition>,
}

/// One more [`FeedBatch`] is durable.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct FeedAck {
    #[n(0)]
    pub(crate) generation: u32,
    #[n(1)]
    pub(crate) cursor: Seq,
}

/// Changes from the node's log.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct PushBatch {
    #[n(0)]
    pub(crate) generation: u32,
    #[n(1)]
    pub(crate) number: u64,
    #[n(2)]
    pub(crate) batch: ByteVec,
}

/// A [`PushBatch`] is durable, save for what was refused.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct PushAck {
    #[n(0)]
    pub(crate) number: u64,
    #[n(1)]
    pub(crate) checkpoint: Checkpoint,
    #[n(2)]
    pub(crate) refused: Option<Vec<RefusedChange>>,
}

/// A [`PushBatch`] could not be rebuilt: send it and all behind it again, as they are.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct PushAgain {
    #[n(0)]
    pub(crate) generation: u32,
    #[n(1)]
    pub(crate) number: u64,
}

/// The node begins a reconciliation; the feed stands still until it resumes.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RepairOpen {
    #[n(0)]
    pub(crate) query: ByteVec,
}

/// The server's side of one round.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RepairReply {
    #[n(0)]
    pub(crate) reply: ByteVec,
    /// With the first reply: the incarnation, the state and the ledger reconciled against.
    #[n(1)]
    pub(crate) epoch: Option<Epoch>,
    #[n(2)]
    pub(crate) checkpoint: Option<Checkpoint>,
    #[n(3)]
    pub(crate) erasure_head: Option<u64>,
}

/// The node's side of a further round.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RepairNext {
    #[n(0)]
    pub(crate) query: ByteVec,
}

/// Hashes, 32 bytes each, whose changes the node lacks. An empty list ends the repair.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RepairWant {
    #[n(0)]
    pub(crate) hashes: ByteVec,
    #[n(1)]
    pub(crate) verbatim: Option<bool>,
}

/// Changes the node lacked; `rest` lists those that found no room.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RepairBatch {
    #[n(0)]
    pub(crate) batch: Option<ByteVec>,
    #[n(1)]
    pub(crate) rest: Option<ByteVec>,
}

/// The node has a blob to give.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct BlobOffer {
    #[n(0)]
    pub(crate) blob: BlobHash,
    #[n(1)]
    pub(crate) size: u64,
}

/// How many of its chunks the server has.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct BlobHave {
    #[n(0)]
    pub(crate) blob: BlobHash,
    #[n(1)]
    pub(crate) chunks_held: u32,
}

/// One chunk, either way.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct BlobChunk {
    #[n(0)]
    pub(crate) blob: BlobHash,
    #[n(1)]
    pub(crate) size: u64,
    #[n(2)]
    pub(crate) index: u32,
    #[n(3)]
    pub(crate) chunk_hash: BlobHash,
    #[n(4)]
    pub(crate) bytes: ByteVec,
}

/// The server stored a chunk; or, with `mismatch`, threw it away.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct BlobStored {
    #[n(0)]
    pub(crate) blob: BlobHash,
    #[n(1)]
    pub(crate) chunks_held: u32,
    #[n(2)]
    pub(crate) mismatch: Option<bool>,
}

/// The node wants a chunk.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct BlobWant {
    #[n(0)]
    pub(crate) blob: BlobHash,
    #[n(1)]
    pub(crate) index: u32,
}

/// The server does not have it.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct BlobMissing {
    #[n(0)]
    pub(crate) blob: BlobHash,
}
