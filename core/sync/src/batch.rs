//! Batches: many changes in one compressed piece that says only what the receiver cannot rebuild.

use crate::limits;
use crate::types::{ChangeHash, ChangeRecord, DocId, KindCode};

/// The changes every document of a kind begins with: known to all, never stored, never sent.
pub trait BaseHashes: Send + Sync {
    /// The kind's `index`-th base change.
    fn base(&self, kind: KindCode, index: u8) -> Option<ChangeHash>;
    /// Which of the kind's base changes this is.
    fn index(&self, kind: KindCode, hash: &ChangeHash) -> Option<u8>;

    /// Whether this is one of the kind's base changes.
    fn is_base(&self, kind: KindCode, hash: &ChangeHash) -> bool {
        self.index(kind, hash).is_some()
    }
}

/// A change the receiver holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldChange {
    /// Its document.
    pub doc: DocId,
    /// The document's kind.
    pub kind: KindCode,
    /// Its whole hash.
    pub hash: ChangeHash,
}

/// Finds the dependencies that a batch names by the first bytes of their hash only: they say which
/// document a change belongs to as well.
pub trait DependencyResolver {
    /// The only change held in the batch's scope whose hash begins with `prefix` (5 bytes; indexes on the
    /// first 8 bytes of the hash serve it as a range). `None` when none or several do: the batch is then
    /// refused with [`BatchError::UnknownDependency`] and comes again verbatim.
    fn resolve(&mut self, prefix: &[u8]) -> Option<HeldChange>;
}

/// How a batch is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EncodeOptions {
    /// Whole change chunks as they are: the receiver could not rebuild the compact form.
    pub verbatim: bool,
    /// Dependencies outside the batch as whole hashes: the receiver may not hold them yet.
    pub full_dependencies: bool,
}

/// A batch on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedBatch {
    /// What travels.
    pub bytes: Vec<u8>,
    /// Changes in it.
    pub changes: u32,
    /// Their raw size.
    pub raw_bytes: u64,
}

/// What a receiver accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Most changes.
    pub changes_max: usize,
    /// Most raw bytes of all changes together.
    pub raw_bytes_max: usize,
    /// Most raw bytes of one change.
    pub change_bytes_max: usize,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            changes_max: limits::BATCH_CHANGES_MAX,
            raw_bytes_max: limits::BATCH_RAW_BYTES_MAX,
            change_bytes_max: limits::CHANGE_BYTES_MAX,
        }
    }
}

/// Why a batch could not be written or read. Reading: nothing of it may be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// More changes or bytes than the limits allow.
    #[error("batch over the limit")]
    TooLarge,
    /// A format this version does not know.
    #[error("unknown batch format")]
    UnknownFormat,
    /// The bytes are not a batch.
    #[error("malformed batch")]
    Malformed,
    /// The changes were rebuilt but are not those the sender had.
    #[error("changes could not be rebuilt")]
    Rebuild,
    /// A dependency named by prefix is not held here, or not uniquely.
    #[error("dependency not held")]
    UnknownDependency,
    /// A change given to the encoder is not a well-formed change chunk with the hash it claims.
    #[error("change is not well-formed")]
    BadChange,
}

/// Encodes changes, in the given order, into one batch.
///
/// # Errors
/// [`BatchError::BadChange`], [`BatchError::TooLarge`].
pub fn encode(
    _changes: &[ChangeRecord],
    _bases: &dyn BaseHashes,
    _options: EncodeOptions,
) -> Result<EncodedBatch, BatchError> {
    Err(BatchError::UnknownFormat)
}

/// Decodes a batch: every change is rebuilt, its hash recomputed, and the sum of the hashes compared
/// with the sender's. The order is the sender's.
///
/// # Errors
/// All but [`BatchError::BadChange`].
pub fn decode(
    _bytes: &[u8],
    _bases: &dyn BaseHashes,
    _resolver: &mut dyn DependencyResolver,
    _limits: DecodeLimits,
) -> Result<Vec<ChangeRecord>, BatchError> {
    Err(BatchError::UnknownFormat)
}
