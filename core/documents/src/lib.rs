//! Records as Automerge documents: base changes, edits, conflicts, history, merge.
//!
//! A document's root map *is* the record's JSON. Its containers come from base changes that every
//! program computes to the same bytes ([`base_changes`]); everything else is the document's own
//! changes, each with an author and two clocks ([`WriteContext`]). A command edits a typed record;
//! what differs afterwards is written leaf by leaf at the heads its author saw, and merged.
//!
//! Bytes from elsewhere never panic out of this crate, and unknown fields are never touched.
//! No clock and no randomness: both come in with [`WriteContext`].

mod authorship;
mod base;
mod canonical;
mod check;
mod chunk;
mod conflict;
mod cursor;
mod document;
mod error;
mod first;
mod hash;
mod history;
pub mod limits;
mod ordinary;
mod path;
mod plain;
mod scan;
mod value;
mod write;

pub use authorship::{ChangeInfo, WriteContext};
pub use base::{BaseChange, base_changes};
pub use check::{check_change, decode_change};
pub use conflict::{CompetingValue, Conflict};
pub use document::{Document, NewChange};
pub use error::{Corrupt, Error};
pub use hash::{ChangeHash, InvalidChangeHash};
pub use history::{AsOf, FieldChange, HistoryEntry};
pub use path::Path;
pub use plain::plain_value;
pub use posto_domain::hlc::Hlc;
