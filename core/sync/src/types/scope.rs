//! Scopes: the replicated sets of changes, and what each side knows of them.

use std::fmt;
use std::sync::Arc;

use super::{DocId, Epoch, Fingerprint, Seq};
use crate::limits::SCOPE_NAME_BYTES_MAX;

/// The name of a replicated set of changes, e.g. `clinic/01J…`. Opaque here: who may hold and
/// write which scope is decided by the server's storage.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeName(Arc<str>);

/// A scope name is empty, too long, or not printable ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope name has 1 to {SCOPE_NAME_BYTES_MAX} printable ASCII bytes")]
pub struct InvalidScopeName;

impl ScopeName {
    /// Checks length and characters.
    ///
    /// # Errors
    /// [`InvalidScopeName`].
    pub fn new(name: &str) -> Result<Self, InvalidScopeName> {
        let printable = name.bytes().all(|byte| byte.is_ascii_graphic());
        if name.is_empty() || name.len() > SCOPE_NAME_BYTES_MAX || !printable {
            return Err(InvalidScopeName);
        }
        Ok(Self(Arc::from(name)))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ScopeName {
    type Err = InvalidScopeName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl fmt::Display for ScopeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ScopeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl<C> minicbor::Encode<C> for ScopeName {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for ScopeName {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(d.str()?).map_err(|_| minicbor::decode::Error::message("invalid scope name"))
    }
}

/// How far an unfinished first download has come.
///
/// The server sends documents in descending order of their *anchor*: the highest sequence among a
/// document's changes with `seq <= as_of`. Anchors never move while `as_of` stands, so the pair is
/// an exact position that survives a restart of either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct BootstrapPosition {
    /// The head when the download began; the feed takes over after it.
    #[n(0)]
    pub as_of: Seq,
    /// Every document with an anchor `>= before` is already here.
    #[n(1)]
    pub before: Seq,
}

/// What a node knows of a scope; one row, changed in the same transaction as the changes it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeState {
    /// Which scope.
    pub scope: ScopeName,
    /// The server's incarnation the cursor belongs to; `None` before the first contact.
    pub epoch: Option<Epoch>,
    /// Every change of the server up to here is held.
    pub cursor: Seq,
    /// Changes held, pending ones included, refused ones not.
    pub count: u64,
    /// Fingerprint of the changes in `count`.
    pub fingerprint: Fingerprint,
    /// Of those, local ones whose acknowledgement has not been recorded yet.
    pub pending_count: u64,
    /// Fingerprint of the changes in `pending_count`.
    pub pending_fingerprint: Fingerprint,
    /// Last entry of the server's erasure ledger that was carried out.
    pub erasure_cursor: u64,
    /// `Some` while the first download is unfinished; `cursor` is 0 until then.
    pub bootstrap: Option<BootstrapPosition>,
}

impl ScopeState {
    /// A scope never synchronised and empty.
    #[must_use]
    pub fn empty(scope: ScopeName) -> Self {
        Self {
            scope,
            epoch: None,
            cursor: Seq(0),
            count: 0,
            fingerprint: Fingerprint::EMPTY,
            pending_count: 0,
            pending_fingerprint: Fingerprint::EMPTY,
            erasure_cursor: 0,
            bootstrap: None,
        }
    }

    /// Count and fingerprint of the changes the server is known to have acknowledged or sent.
    #[must_use]
    pub fn shared(&self) -> (u64, Fingerprint) {
        (self.count.saturating_sub(self.pending_count), self.fingerprint.minus(&self.pending_fingerprint))
    }
}

/// What the server knows of a scope; one row, changed in the same transaction as the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubScopeState {
    /// Which scope.
    pub scope: ScopeName,
    /// The current incarnation.
    pub epoch: Epoch,
    /// Sequence of the newest change.
    pub head: Seq,
    /// Changes in the log (fewer than `head` after an erasure).
    pub count: u64,
    /// Fingerprint of the changes in `count`.
    pub fingerprint: Fingerprint,
    /// Number of the newest entry of the scope's erasure ledger; 0 when there is none.
    pub erasure_head: u64,
    /// Whether this node may push changes here (the directory is written by the server only).
    pub writable: bool,
}

/// The server's state at a moment when everything up to `head` had been sent: what the node's own
/// state must equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// Sequence of the newest change.
    #[n(0)]
    pub head: Seq,
    /// Changes in the log.
    #[n(1)]
    pub count: u64,
    /// Their fingerprint.
    #[n(2)]
    pub fingerprint: Fingerprint,
}

/// One entry of the erasure ledger: a document that must disappear and never come back.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Erasure {
    /// Number within the scope's ledger, gapless from 1.
    #[n(0)]
    pub number: u64,
    /// The document to remove, with its history, read models, search entries and attachments.
    #[n(1)]
    pub doc: DocId,
    /// Code of the legal basis; the domain's table.
    #[n(2)]
    pub basis: u16,
    /// Who decided, by the 16 bytes of the user id.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub decided_by: [u8; 16],
    /// When, by the server's clock, milliseconds since 1970.
    #[n(4)]
    pub at_ms: u64,
}
