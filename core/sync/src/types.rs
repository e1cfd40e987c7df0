//! The words both engines, both stores and the wire share.

mod blob;
mod fingerprint;
mod id;
mod refusal;
mod scope;

pub use blob::{BlobHash, BlobProgress, BlobWork};
pub use fingerprint::Fingerprint;
pub use id::{ActorPrefix, BootId, ChangeHash, DocId, Epoch, Instance, KindCode, LocalSeq, NodeKey, Seq};
pub use refusal::{ChangeRefusal, RefusedChange, SessionEnd};
pub use scope::{
    BootstrapPosition, Checkpoint, Erasure, HubScopeState, InvalidScopeName, ScopeName, ScopeState,
};

/// One change of one document, as both logs keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRecord {
    /// The document it belongs to.
    pub doc: DocId,
    /// The document's kind; the engine never interprets it.
    pub kind: KindCode,
    /// SHA-256 of the change chunk, Automerge's own change hash.
    pub hash: ChangeHash,
    /// The whole uncompressed Automerge change chunk, header included.
    pub bytes: Vec<u8>,
}
