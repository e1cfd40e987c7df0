//! Documents that do not open, and why.

use super::document::DocumentRowId;
use crate::storage::value::params;
use crate::storage::{DbError, Tx};

pub(crate) fn set(tx: &Tx<'_>, document: DocumentRowId, reason: &str, at_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO document_fault (document, reason, found_at) VALUES ($1, $2, $3)
         ON CONFLICT (document) DO UPDATE SET reason = excluded.reason",
        params![document.0, reason, at_ms],
    )?;
    Ok(())
}

/// False when there was none.
pub(crate) fn clear(tx: &Tx<'_>, document: DocumentRowId) -> Result<bool, DbError> {
    Ok(tx.execute("DELETE FROM document_fault WHERE document = $1", params![document.0])? > 0)
}

pub(crate) fn count(tx: &Tx<'_>) -> Result<u64, DbError> {
    tx.row("faults", "SELECT COUNT(*) FROM document_fault", &[], |row| row.u64(0))
}
