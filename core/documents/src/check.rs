//! Whether bytes are a change that Automerge can take, without a document to apply it to.

use automerge::Change;

use crate::error::{Corrupt, Error, guarded};
use crate::{ordinary, scan};

/// Checks that a change decodes completely: what a server does before it stores one. The checksum is the
/// caller's to verify, who names the change by its hash and so has computed it.
///
/// # Errors
/// [`Error::Corrupt`] and [`Error::OverLimit`] for bytes that are no sane change.
pub fn check_change(bytes: &[u8]) -> Result<(), Error> {
    if ordinary::is_sound(bytes) { Ok(()) } else { decode_change(bytes) }
}

/// Decodes a change completely, checksum included, and throws the result away: what [`check_change`] does with
/// anything that is not ordinary.
///
/// # Errors
/// Those of [`check_change`].
pub fn decode_change(bytes: &[u8]) -> Result<(), Error> {
    scan::check(bytes)?;
    guarded(Corrupt::Undecodable, || {
        Ok(Change::try_from(bytes).map(|_| ()).map_err(|_| Corrupt::Undecodable)?)
    })
}
