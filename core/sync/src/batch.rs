//! Batches: many changes in one compressed piece that says only what the receiver cannot rebuild.

mod decode;
mod encode;
mod rle;
mod streams;
mod tables;
mod template;
mod ulid;
mod values;
mod verbatim;

use sha2::{Digest, Sha256};

use crate::header::ChangeHeader;
use crate::leb::{self, Malformed, Reader};
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

/// First byte of a batch.
const FORMAT_COMPACT: u8 = 1;
const FORMAT_VERBATIM: u8 = 2;

/// Encodes changes, in the given order, into one batch. Changes of one document must stand in an
/// order in which dependencies come first.
///
/// # Errors
/// [`BatchError::BadChange`], [`BatchError::TooLarge`].
pub fn encode(
    changes: &[ChangeRecord],
    bases: &dyn BaseHashes,
    options: EncodeOptions,
) -> Result<EncodedBatch, BatchError> {
    let raw_bytes = changes.iter().map(|change| change.bytes.len()).sum::<usize>();
    let count = u32::try_from(changes.len()).map_err(|_| BatchError::TooLarge)?;
    if changes.len() > limits::BATCH_CHANGES_MAX || raw_bytes > limits::BATCH_RAW_BYTES_MAX {
        return Err(BatchError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(raw_bytes / 4 + 64);
    bytes.push(if options.verbatim { FORMAT_VERBATIM } else { FORMAT_COMPACT });
    leb::write_u64(&mut bytes, u64::from(count));
    bytes.extend_from_slice(&seal(changes));
    if options.verbatim {
        verbatim::encode(changes, &mut bytes)?;
    } else {
        let headers = changes
            .iter()
            .map(|change| Ok((change, ChangeHeader::read(change).map_err(|_| BatchError::BadChange)?)))
            .collect::<Result<Vec<_>, BatchError>>()?;
        encode::encode(&headers, bases, options, &mut bytes)?;
    }
    Ok(EncodedBatch { bytes, changes: count, raw_bytes: raw_bytes as u64 })
}

/// Decodes a batch: every change is rebuilt, its hash recomputed, and a digest over all documents,
/// kinds and hashes compared with the sender's. The order is the sender's. The changes' headers are well-formed
/// ([`ChangeHeader::read`] works on each); their operations have not been looked at.
///
/// # Errors
/// All but [`BatchError::BadChange`].
pub fn decode(
    bytes: &[u8],
    bases: &dyn BaseHashes,
    resolver: &mut dyn DependencyResolver,
    limits: DecodeLimits,
) -> Result<Vec<ChangeRecord>, BatchError> {
    let mut reader = Reader::new(bytes);
    let format = reader.byte()?;
    if format != FORMAT_COMPACT && format != FORMAT_VERBATIM {
        return Err(BatchError::UnknownFormat);
    }
    let count = reader.usize()?;
    if count > limits.changes_max {
        return Err(BatchError::TooLarge);
    }
    let expected: [u8; SEAL_BYTES] = reader.array()?;
    let payload = streams::decompress(reader, limits.raw_bytes_max + PAYLOAD_BYTES_SPARE)?;
    let changes = if format == FORMAT_VERBATIM {
        verbatim::decode(&payload, count, limits)?
    } else {
        decode::decode(&payload, count, bases, resolver, limits)?
    };
    if seal(&changes) == expected { Ok(changes) } else { Err(BatchError::Rebuild) }
}

/// Bytes of a batch's seal.
const SEAL_BYTES: usize = 16;

/// What sender and receiver must agree on: every change with its document and kind, in order.
fn seal(changes: &[ChangeRecord]) -> [u8; SEAL_BYTES] {
    let mut hasher = Sha256::new();
    for change in changes {
        hasher.update(change.doc.0);
        hasher.update(change.kind.0.to_le_bytes());
        hasher.update(change.hash.0);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&digest[..SEAL_BYTES]);
    seal
}

/// Room for what a payload holds besides the changes themselves.
const PAYLOAD_BYTES_SPARE: usize = 1 << 20;

impl From<Malformed> for BatchError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
