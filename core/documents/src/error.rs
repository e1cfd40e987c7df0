//! What can go wrong when bytes become a document, or a command becomes a change.

use posto_domain::Kind;

use crate::ChangeHash;

/// Why a document could not be read or written. No variant carries a record's content, so any of
/// them may be logged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a change or a snapshot, or what they say contradicts itself.
    #[error("corrupt {0}")]
    Corrupt(Corrupt),
    /// The document rests on changes that are not here: a newer schema's base change, or one that
    /// has not arrived yet. `missing` is sorted.
    #[error("{} missing dependencies", missing.len())]
    NeedsNewer { missing: Vec<ChangeHash> },
    /// This program does not know the kind; a newer one does.
    #[error("document kind {0:?} is not known to this version")]
    UnknownKind(Kind),
    /// A limit on what one document may cost was reached.
    #[error("document over its limit: {what} {actual} > {max}")]
    OverLimit { what: &'static str, actual: u64, max: u64 },
    /// Heads that the caller names but this document never had.
    #[error("the document never had these heads")]
    UnknownHeads,
    /// The record written does not have the shape of a record: its JSON is not an object.
    #[error("a record is a JSON object")]
    NotAnObject,
    /// A path leads nowhere, or into something that cannot hold it.
    #[error("no such place in the document")]
    NoSuchPlace,
    /// The document's content does not fit the record's type.
    #[error("content does not fit the record's type")]
    Shape(#[source] serde_json::Error),
    /// The record could not be turned into JSON.
    #[error("record has no JSON form")]
    Unserialisable(#[source] serde_json::Error),
    /// Automerge refused an operation that should have been possible.
    #[error("automerge refused the operation")]
    Automerge(#[source] Box<automerge::AutomergeError>),
}

/// What exactly was corrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    #[error("change: not a change chunk")]
    NotAChange,
    #[error("change: checksum or columns do not decode")]
    Undecodable,
    #[error("change: its actor and sequence number were used by another change")]
    DuplicateSequence,
    #[error("change: written under the actor reserved for base changes")]
    ReservedActor,
    #[error("change: the engine could not apply it")]
    Inapplicable,
    #[error("snapshot: does not decode")]
    Snapshot,
    #[error("content: nested deeper than any record")]
    TooDeep,
    #[error("content: the engine could not read it")]
    Unreadable,
}

impl From<Corrupt> for Error {
    fn from(what: Corrupt) -> Self {
        Self::Corrupt(what)
    }
}

impl From<automerge::AutomergeError> for Error {
    fn from(error: automerge::AutomergeError) -> Self {
        match error {
            automerge::AutomergeError::DuplicateSeqNumber(..) => Self::Corrupt(Corrupt::DuplicateSequence),
            other => Self::Automerge(Box::new(other)),
        }
    }
}

/// Runs `work` and turns a panic inside it into `what`. Automerge asserts invariants that hostile
/// bytes can break; one broken document must not stop a clinic.
///
/// Callers hand in only values that they throw away when this fails, so nothing half-changed
/// survives a caught panic.
pub(crate) fn guarded<T>(what: Corrupt, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(Err(what.into()))
}
