//! One-time enrolment codes, by the hash of their secret.

use posto_domain::{ClinicId, LocationId, NodeId};

use crate::storage::value::params;
use crate::storage::{DbError, Tx};

#[derive(Debug, Clone)]
pub(crate) struct EnrolmentCodeRow {
    pub hash: [u8; 32],
    pub clinic: ClinicId,
    pub location: Option<LocationId>,
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    pub used_at_ms: Option<i64>,
    pub node: Option<NodeId>,
}

pub(crate) fn insert(tx: &Tx<'_>, code: &EnrolmentCodeRow) -> Result<(), DbError> {
    let location = code.location.map(LocationId::to_bytes);
    tx.execute(
        "INSERT INTO enrolment_code (hash, clinic, location, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![&code.hash, &code.clinic.to_bytes(), location.as_ref(), &code.created_by, code.created_at_ms, code.expires_at_ms],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Tx<'_>, hash: &[u8; 32]) -> Result<Option<EnrolmentCodeRow>, DbError> {
    tx.row_opt(
        "SELECT clinic, location, created_by, created_at, expires_at, used_at, node FROM enrolment_code WHERE hash = $1 FOR UPDATE",
        params![hash],
        |row| {
            Ok(EnrolmentCodeRow {
                hash: *hash,
                clinic: row.id(0)?,
                location: row.id_opt(1)?,
                created_by: row.text(2)?,
                created_at_ms: row.int(3)?,
                expires_at_ms: row.int(4)?,
                used_at_ms: row.int_opt(5)?,
                node: row.id_opt(6)?,
            })
        },
    )
}

pub(crate) fn set_used(tx: &Tx<'_>, hash: &[u8; 32], node: NodeId, at_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE enrolment_code SET used_at = $2, node = $3 WHERE hash = $1",
        params![hash, at_ms, &node.to_bytes()],
    )?;
    Ok(())
}

/// Forgets codes that expired before `before_ms`.
pub(crate) fn delete_expired(tx: &Tx<'_>, before_ms: i64) -> Result<usize, DbError> {
    tx.execute("DELETE FROM enrolment_code WHERE expires_at < $1", params![before_ms])
}
