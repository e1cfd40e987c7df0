//! Automerge actor ids by number.

use crate::storage::value::params;
use crate::storage::{DbError, Tx};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActorRowId(pub i64);

/// The number of an actor; a new one is entered.
pub(crate) fn ensure(tx: &Tx<'_>, actor: &[u8]) -> Result<ActorRowId, DbError> {
    let known = tx.row_opt("SELECT id FROM actor WHERE actor = $1", params![actor], |row| row.int(0))?;
    match known {
        Some(id) => Ok(ActorRowId(id)),
        None => {
            tx.row("new actor", "INSERT INTO actor (actor) VALUES ($1) RETURNING id", params![actor], |row| {
                row.int(0).map(ActorRowId)
            })
        }
    }
}
