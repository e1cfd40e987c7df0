//! Reads the header of an Automerge change chunk without decoding its operations.
//!
//! Format: <https://automerge.org/automerge-binary-format-spec/#_change_chunks>.

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::leb::{self, Malformed, Reader};
use crate::limits::{ACTOR_BYTES_MAX, CHANGE_DEPS_MAX};
use crate::types::{ChangeHash, ChangeRecord};

pub(crate) const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Chunk type of an uncompressed change.
pub(crate) const CHANGE_CHUNK: u8 = 1;

/// What a change says about itself before its operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeHeader<'a> {
    /// SHA-256 over type, length and body; the change's identity.
    pub hash: ChangeHash,
    /// Hashes of the changes it builds on, ascending.
    pub deps: Vec<ChangeHash>,
    /// The actor that wrote it.
    pub actor: &'a [u8],
    /// The actor's count of changes in this document, from 1.
    pub seq: u64,
    /// Counter of the first operation.
    pub start_op: u64,
    /// Wall clock the author wrote down, milliseconds since 1970.
    pub time_ms: i64,
    /// The message (author and hybrid clock in our documents).
    pub message: &'a str,
    /// Where the rest of the chunk lies: other actors, columns, extra bytes.
    pub rest: Range<usize>,
}

/// Not an acceptable change chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Does not begin with Automerge's magic bytes.
    #[error("not an Automerge chunk")]
    NotAChunk,
    /// A document, bundle or compressed chunk, where a plain change is required.
    #[error("not a plain change chunk")]
    NotAPlainChange,
    /// Ends early, or has bytes behind its end.
    #[error("wrong length")]
    WrongLength,
    /// The checksum is not the hash's.
    #[error("wrong checksum")]
    WrongChecksum,
    /// A number, actor, dependency list or message that is malformed or over the limits.
    #[error("malformed header")]
    Malformed,
}

impl From<Malformed> for HeaderError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl<'a> ChangeHeader<'a> {
    /// Parses one change chunk and verifies its checksum. The operations are not looked at.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn parse(chunk: &'a [u8]) -> Result<Self, HeaderError> {
        let (checksum, body) = open_chunk(chunk)?;
        let hash = hash_body(body);
        if hash.0[..4] != checksum {
            return Err(HeaderError::WrongChecksum);
        }
        Self::parse_body(chunk, body, hash)
    }

    /// Reads the header of a change whose hash has been verified before, as [`crate::batch::decode`] and
    /// one's own database have: the checksum is not computed again.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read(record: &'a ChangeRecord) -> Result<Self, HeaderError> {
        let (checksum, body) = open_chunk(&record.bytes)?;
        if record.hash.0[..4] != checksum {
            return Err(HeaderError::WrongChecksum);
        }
        Self::parse_body(&record.bytes, body, record.hash)
    }

    fn parse_body(chunk: &'a [u8], body: &'a [u8], hash: ChangeHash) -> Result<Self, HeaderError> {
        let mut reader = Reader::new(body);
        let deps = read_deps(&mut reader)?;
        let actor = reader.prefixed()?;
        let seq = reader.u64()?;
        let start_op = reader.u64()?;
        let time_ms = reader.i64()?;
        let message = std::str::from_utf8(reader.prefixed()?).map_err(|_| HeaderError::Malformed)?;
        let sane = (1..=ACTOR_BYTES_MAX).contains(&actor.len())
            && seq > 0
            && start_op > 0
            && u32::try_from(start_op).is_ok();
        if !sane {
            return Err(HeaderError::Malformed);
        }
        let rest = chunk.len() - reader.remaining()..chunk.len();
        Ok(Self { hash, deps, actor, seq, start_op, time_ms, message, rest })
    }
}

/// Checks everything outside the body and returns the claimed checksum and the body.
fn open_chunk(chunk: &[u8]) -> Result<([u8; 4], &[u8]), HeaderError> {
    let mut reader = Reader::new(chunk);
    let magic: [u8; 4] = reader.array().map_err(|_| HeaderError::NotAChunk)?;
    if magic != MAGIC {
        return Err(HeaderError::NotAChunk);
    }
    let checksum = reader.array().map_err(|_| HeaderError::WrongLength)?;
    if reader.byte().map_err(|_| HeaderError::WrongLength)? != CHANGE_CHUNK {
        return Err(HeaderError::NotAPlainChange);
    }
    let length = reader.usize()?;
    let body = reader.take(length).map_err(|_| HeaderError::WrongLength)?;
    if !reader.is_empty() {
        return Err(HeaderError::WrongLength);
    }
    Ok((checksum, body))
}

/// Strictly ascending, as Automerge writes them: one set has one form.
fn read_deps(reader: &mut Reader<'_>) -> Result<Vec<ChangeHash>, HeaderError> {
    let count = reader.count()?;
    if count > CHANGE_DEPS_MAX {
        return Err(HeaderError::Malformed);
    }
    let mut deps: Vec<ChangeHash> = Vec::with_capacity(count);
    for _ in 0..count {
        let dep = ChangeHash(reader.array()?);
        if deps.last().is_some_and(|last| *last >= dep) {
            return Err(HeaderError::Malformed);
        }
        deps.push(dep);
    }
    Ok(deps)
}

/// The hash of a change with this body.
pub(crate) fn hash_body(body: &[u8]) -> ChangeHash {
    let mut prefix = Vec::with_capacity(11);
    prefix.push(CHANGE_CHUNK);
    leb::write_u64(&mut prefix, body.len() as u64);
    let mut hasher = Sha256::new();
    hasher.update(&prefix);
    hasher.update(body);
    ChangeHash(hasher.finalize().into())
}

/// Wraps a body into a chunk; returns its hash, too.
pub(crate) fn wrap_body(body: &[u8]) -> (ChangeHash, Vec<u8>) {
    let hash = hash_body(body);
    let mut chunk = Vec::with_capacity(body.len() + 14);
    chunk.extend_from_slice(&MAGIC);
    chunk.extend_from_slice(&hash.0[..4]);
    chunk.push(CHANGE_CHUNK);
    leb::write_u64(&mut chunk, body.len() as u64);
    chunk.extend_from_slice(body);
    (hash, chunk)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::patients;

    #[test]
    fn reads_what_automerge_wrote() {
        for record in patients(20, 3) {
            let change = automerge::Change::from_bytes(record.bytes.clone()).unwrap();
            let header = ChangeHeader::parse(&record.bytes).unwrap();
            assert_eq!(header.hash.0, change.hash().0);
            assert_eq!(header.actor, change.actor_id().to_bytes());
            assert_eq!(header.seq, change.seq());
            assert_eq!(header.start_op, change.start_op().get());
            assert_eq!(header.time_ms, change.timestamp());
            assert_eq!(header.message, change.message().unwrap_or_default());
            let deps: Vec<[u8; 32]> = header.deps.iter().map(|dep| dep.0).collect();
            let expected: Vec<[u8; 32]> = change.deps().iter().map(|dep| dep.0).collect();
            assert_eq!(deps, expected);
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let record = patients(1, 1).remove(0);
        for index in 0..record.bytes.len() {
            for bit in 0..8 {
                let mut bytes = record.bytes.clone();
                bytes[index] ^= 1 << bit;
                assert!(ChangeHeader::parse(&bytes).is_err(), "byte {index} bit {bit}");
            }
            assert!(ChangeHeader::parse(&record.bytes[..index]).is_err());
        }
        let mut longer = record.bytes;
        longer.push(0);
        assert_eq!(ChangeHeader::parse(&longer), Err(HeaderError::WrongLength));
    }

    #[test]
    fn compressed_chunks_are_refused() {
        let mut bytes = patients(1, 0).remove(0).bytes;
        bytes[8] = 2;
        assert_eq!(ChangeHeader::parse(&bytes), Err(HeaderError::NotAPlainChange));
    }
}
