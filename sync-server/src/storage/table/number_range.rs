//! Ranges of record numbers reserved for nodes; a number is never given twice, whatever becomes of its node.

use posto_domain::record_number::NumberRange;
use posto_domain::{ClinicId, NodeId};

use crate::storage::value::params;
use crate::storage::{DbError, Tx};

/// The first number of a clinic that belongs to nobody.
pub(crate) fn next_free(tx: &Tx<'_>, clinic: ClinicId) -> Result<i64, DbError> {
    tx.row(
        "next number",
        "SELECT COALESCE(MAX(last), 0) + 1 FROM number_range WHERE clinic = $1",
        params![&clinic.to_bytes()],
        |row| row.int(0),
    )
}

/// Without a node the numbers are passed over for good.
pub(crate) fn insert(
    tx: &Tx<'_>,
    clinic: ClinicId,
    node: Option<NodeId>,
    range: NumberRange,
    at_ms: i64,
) -> Result<(), DbError> {
    let node = node.map(NodeId::to_bytes);
    tx.execute(
        "INSERT INTO number_range (clinic, first, last, node, used_to, granted_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![&clinic.to_bytes(), range.next, range.end - 1, node.as_ref(), range.next - 1, at_ms],
    )?;
    Ok(())
}

/// The ranges of a node, oldest first, each with what is left of it as far as the server has seen.
pub(crate) fn of_node(tx: &Tx<'_>, node: NodeId) -> Result<Vec<NumberRange>, DbError> {
    tx.rows(
        "SELECT used_to, last FROM number_range WHERE node = $1 ORDER BY first",
        params![&node.to_bytes()],
        |row| Ok(NumberRange { next: row.int(0)? + 1, end: row.int(1)? + 1 }),
    )
}

/// A record with this number was seen. Answers whose range it is from, when that range moved.
pub(crate) fn set_used(tx: &Tx<'_>, clinic: ClinicId, number: i64) -> Result<Option<NodeId>, DbError> {
    tx.row_opt(
        "UPDATE number_range SET used_to = $2 WHERE clinic = $1 AND first <= $2 AND last >= $2 AND used_to < $2 AND node IS NOT NULL RETURNING node",
        params![&clinic.to_bytes(), number],
        |row| row.id(0),
    )
}

/// How many numbers a node was ever granted.
pub(crate) fn granted(tx: &Tx<'_>, node: NodeId) -> Result<i64, DbError> {
    tx.row(
        "numbers granted",
        "SELECT COALESCE(SUM(last - first + 1), 0) FROM number_range WHERE node = $1",
        params![&node.to_bytes()],
        |row| row.int(0),
    )
}

/// Whatever the node has left is never given.
pub(crate) fn close(tx: &Tx<'_>, node: NodeId) -> Result<(), DbError> {
    tx.execute("UPDATE number_range SET used_to = last WHERE node = $1", params![&node.to_bytes()])?;
    Ok(())
}
