//! How many documents, changes and bytes of each kind a scope holds; kept by the appending transaction.

use posto_sync::KindCode;

use super::scope::ScopeId;
use crate::storage::value::params;
use crate::storage::{DbError, Tx};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub documents: u64,
    pub changes: u64,
    pub bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KindCountRow {
    pub scope: ScopeId,
    pub kind: KindCode,
    pub counts: Counts,
}

pub(crate) fn add(tx: &Tx<'_>, row: &KindCountRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO kind_count (scope, kind, documents, changes, bytes) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, kind) DO UPDATE SET documents = kind_count.documents + excluded.documents,
         changes = kind_count.changes + excluded.changes, bytes = kind_count.bytes + excluded.bytes",
        params![row.scope.0, row.kind.0, row.counts.documents, row.counts.changes, row.counts.bytes],
    )?;
    Ok(())
}

/// Counts a scope afresh; after an erasure or a restore.
pub(crate) fn recount(tx: &Tx<'_>, scope: ScopeId) -> Result<(), DbError> {
    tx.execute("DELETE FROM kind_count WHERE scope = $1", params![scope.0])?;
    tx.execute(
        "INSERT INTO kind_count (scope, kind, documents, changes, bytes)
         SELECT scope, kind, COUNT(*), SUM(change_count), SUM(change_bytes) FROM document WHERE scope = $1 GROUP BY scope, kind",
        params![scope.0],
    )?;
    Ok(())
}

pub(crate) fn list(tx: &Tx<'_>) -> Result<Vec<KindCountRow>, DbError> {
    tx.rows(
        "SELECT scope, kind, documents, changes, bytes FROM kind_count ORDER BY scope, kind",
        &[],
        |row| {
            Ok(KindCountRow {
                scope: ScopeId(row.int(0)?),
                kind: KindCode(u16::try_from(row.int(1)?).map_err(|_| DbError::Malformed { what: "kind" })?),
                counts: Counts { documents: row.u64(2)?, changes: row.u64(3)?, bytes: row.u64(4)? },
            })
        },
    )
}
