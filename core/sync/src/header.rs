//! Reads the header of an Automerge change chunk without decoding its operations.

use std::ops::Range;

use crate::types::ChangeHash;

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
    /// Where the rest begins: other actors, columns, extra bytes.
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

impl<'a> ChangeHeader<'a> {
    /// Parses and verifies one change chunk.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn parse(_chunk: &'a [u8]) -> Result<Self, HeaderError> {
        Err(HeaderError::NotAChunk)
    }
}
