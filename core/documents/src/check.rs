//! Whether bytes are a change that Automerge can take, without a document to apply it to.

use automerge::Change;

use crate::error::{Corrupt, Error, guarded};
use crate::scan;

/// Decodes a change completely and throws the result away: what a server does before it stores one.
///
/// # Errors
/// [`Error::Corrupt`] and [`Error::OverLimit`] for bytes that are no sane change.
pub fn check_change(bytes: &[u8]) -> Result<(), Error> {
    scan::check(bytes)?;
    guarded(Corrupt::Undecodable, || {
        Ok(Change::try_from(bytes).map(|_| ()).map_err(|_| Corrupt::Undecodable)?)
    })
}
