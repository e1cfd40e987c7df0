//! The erasure ledger as the database knows it; the truth is the file outside of backups.

use posto_domain::NodeId;
use posto_sync::{DocId, Erasure};

use super::scope::ScopeId;
use crate::storage::value::params;
use crate::storage::{DbError, Tx};

pub(crate) fn insert(tx: &Tx<'_>, scope: ScopeId, entry: &Erasure) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO erasure (scope, seq, document, basis, erased_by, erased_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![scope.0, entry.number, &entry.doc.0, entry.basis, &entry.decided_by, entry.at_ms],
    )?;
    Ok(())
}

pub(crate) fn after(tx: &Tx<'_>, scope: ScopeId, number: u64, limit: usize) -> Result<Vec<Erasure>, DbError> {
    tx.rows(
        "SELECT seq, document, basis, erased_by, erased_at FROM erasure WHERE scope = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        params![scope.0, number, limit as u64],
        |row| {
            Ok(Erasure {
                number: row.u64(0)?,
                doc: DocId(row.array(1)?),
                basis: u16::try_from(row.int(2)?).map_err(|_| DbError::Malformed { what: "legal basis" })?,
                decided_by: row.array(3)?,
                at_ms: row.u64(4)?,
            })
        },
    )
}

pub(crate) fn is_erased(tx: &Tx<'_>, scope: ScopeId, doc: DocId) -> Result<bool, DbError> {
    let found = tx.row_opt(
        "SELECT 1 FROM erasure WHERE scope = $1 AND document = $2",
        params![scope.0, &doc.0],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// A node has carried out everything up to `number`.
pub(crate) fn confirm(
    tx: &Tx<'_>,
    node: NodeId,
    scope: ScopeId,
    number: u64,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO erasure_confirmation (node, scope, seq, confirmed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (node, scope) DO UPDATE SET seq = excluded.seq, confirmed_at = excluded.confirmed_at",
        params![&node.to_bytes(), scope.0, number, at_ms],
    )?;
    Ok(())
}

pub(crate) fn confirmations(tx: &Tx<'_>, scope: ScopeId) -> Result<Vec<(NodeId, u64)>, DbError> {
    tx.rows("SELECT node, seq FROM erasure_confirmation WHERE scope = $1", params![scope.0], |row| {
        Ok((row.id(0)?, row.u64(1)?))
    })
}
