//! Changes that were not taken: kept with their reason, for a person to look at.

use posto_domain::NodeId;
use posto_sync::{ChangeHash, ChangeRefusal, DocId, KindCode};

use super::scope::ScopeId;
use crate::storage::value::params;
use crate::storage::{DbError, Tx};

/// Bytes of a refused change that are kept; what is longer keeps its size and hash only.
const KEPT_BYTES_MAX: usize = 16 << 10;
/// Refused changes kept per node: the newest. A hostile node cannot fill the disk with nonsense.
const KEPT_PER_NODE_MAX: u64 = 1_000;

#[derive(Debug, Clone)]
pub(crate) struct RefusalRow {
    pub scope: ScopeId,
    pub node: NodeId,
    pub doc: DocId,
    pub kind: KindCode,
    pub hash: ChangeHash,
    pub reason: ChangeRefusal,
    pub refused_at_ms: i64,
    pub size: u64,
}

pub(crate) fn insert(tx: &Tx<'_>, row: &RefusalRow, bytes: &[u8]) -> Result<(), DbError> {
    let kept = if bytes.len() <= KEPT_BYTES_MAX { bytes } else { &[] };
    tx.execute(
        "INSERT INTO refusal (scope, node, document, kind, hash, reason, refused_at, size, bytes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (scope, hash) DO UPDATE SET reason = excluded.reason, refused_at = excluded.refused_at",
        params![
            row.scope.0,
            &row.node.to_bytes(),
            &row.doc.0,
            row.kind.0,
            &row.hash.0,
            u32::from(row.reason.code()),
            row.refused_at_ms,
            row.size,
            kept,
        ],
    )?;
    Ok(())
}

/// Keeps the newest of a node's refused changes.
pub(crate) fn trim(tx: &Tx<'_>, node: NodeId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM refusal WHERE node = $1 AND id <= (SELECT id FROM refusal WHERE node = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
        params![&node.to_bytes(), KEPT_PER_NODE_MAX],
    )?;
    Ok(())
}

/// A refused change that came in order later is no longer one.
pub(crate) fn settle(tx: &Tx<'_>, scope: ScopeId, hash: &ChangeHash) -> Result<(), DbError> {
    tx.execute("DELETE FROM refusal WHERE scope = $1 AND hash = $2", params![scope.0, &hash.0])?;
    Ok(())
}

pub(crate) fn delete_of_document(tx: &Tx<'_>, scope: ScopeId, doc: DocId) -> Result<(), DbError> {
    tx.execute("DELETE FROM refusal WHERE scope = $1 AND document = $2", params![scope.0, &doc.0])?;
    Ok(())
}

pub(crate) fn any_of_node(tx: &Tx<'_>, node: NodeId) -> Result<bool, DbError> {
    Ok(tx
        .row_opt("SELECT 1 FROM refusal WHERE node = $1 LIMIT 1", params![&node.to_bytes()], |row| {
            row.int(0)
        })?
        .is_some())
}

pub(crate) fn newest(tx: &Tx<'_>, limit: u32) -> Result<Vec<RefusalRow>, DbError> {
    tx.rows(
        "SELECT scope, node, document, kind, hash, reason, refused_at, size FROM refusal ORDER BY id DESC LIMIT $1",
        params![limit],
        |row| {
            Ok(RefusalRow {
                scope: ScopeId(row.int(0)?),
                node: row.id(1)?,
                doc: DocId(row.array(2)?),
                kind: KindCode(u16::try_from(row.int(3)?).map_err(|_| DbError::Malformed { what: "kind" })?),
                hash: ChangeHash(row.array(4)?),
                reason: ChangeRefusal::from_code(u8::try_from(row.int(5)?).map_err(|_| DbError::Malformed { what: "reason" })?),
                refused_at_ms: row.int(6)?,
                size: row.u64(7)?,
            })
        },
    )
}

pub(crate) fn counts_by_node(tx: &Tx<'_>) -> Result<Vec<(NodeId, u64)>, DbError> {
    tx.rows("SELECT node, COUNT(*) FROM refusal GROUP BY node", &[], |row| Ok((row.id(0)?, row.u64(1)?)))
}
