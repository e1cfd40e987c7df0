//! The log's rows as they are kept, for tests: to look at, to put back as an older version kept them, to damage.

use crate::storage::packed;
use crate::storage::table::scope::ScopeId;
use crate::storage::value::params;
use crate::storage::{DbError, Tx};

/// Every row's position and what is kept in it, in order.
pub(crate) fn kept(tx: &Tx<'_>) -> Result<Vec<(i64, Vec<u8>)>, DbError> {
    tx.rows("SELECT position, bytes FROM change ORDER BY position", &[], |row| {
        Ok((row.int(0)?, row.blob(1)?))
    })
}

pub(crate) fn keep(tx: &Tx<'_>, position: i64, bytes: &[u8]) -> Result<(), DbError> {
    tx.execute("UPDATE change SET bytes = $2 WHERE position = $1", params![position, bytes])?;
    Ok(())
}

/// Makes the database what schema 2 left: every change as it came.
pub(crate) fn as_schema_2(tx: &Tx<'_>) -> Result<(), DbError> {
    for (position, bytes) in kept(tx)? {
        keep(tx, position, &packed::unpack(bytes)?)?;
    }
    tx.execute("DELETE FROM refinery_schema_history WHERE version > 2", &[])?;
    Ok(())
}

/// Makes the documents of a scope say nonsense of their changes.
pub(crate) fn spoil_sizes(tx: &Tx<'_>, scope: ScopeId) -> Result<(), DbError> {
    tx.execute("UPDATE document SET change_count = 9, change_bytes = 9 WHERE scope = $1", params![scope.0])?;
    Ok(())
}
