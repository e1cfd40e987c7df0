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
    pub used: Option<Use>,
}

/// What a code was exchanged for; the same request again gets the same answer.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub at_ms: i64,
    pub node: NodeId,
    /// SHA-256 of the certificate request.
    pub request_hash: [u8; 32],
    /// The certificate, DER.
    pub certificate: Vec<u8>,
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
        "SELECT clinic, location, created_by, created_at, expires_at, used_at, node, request_hash, certificate FROM enrolment_code WHERE hash = $1 FOR UPDATE",
        params![hash],
        |row| {
            let used = match row.int_opt(5)? {
                Some(at_ms) => Some(Use {
                    at_ms,
                    node: row.id(6)?,
                    request_hash: row.array(7)?,
                    certificate: row.blob(8)?,
                }),
                None => None,
            };
            Ok(EnrolmentCodeRow {
                hash: *hash,
                clinic: row.id(0)?,
                location: row.id_opt(1)?,
                created_by: row.text(2)?,
                created_at_ms: row.int(3)?,
                expires_at_ms: row.int(4)?,
                used,
            })
        },
    )
}

pub(crate) fn set_used(tx: &Tx<'_>, hash: &[u8; 32], used: &Use) -> Result<(), DbError> {
    tx.execute(
        "UPDATE enrolment_code SET used_at = $2, node = $3, request_hash = $4, certificate = $5 WHERE hash = $1",
        params![hash, used.at_ms, &used.node.to_bytes(), &used.request_hash, &used.certificate],
    )?;
    Ok(())
}

/// Forgets codes that nobody has used, as far as this database knows.
pub(crate) fn delete_unused(tx: &Tx<'_>) -> Result<usize, DbError> {
    tx.execute("DELETE FROM enrolment_code WHERE used_at IS NULL", &[])
}

/// Forgets codes that expired before `before_ms`.
pub(crate) fn delete_expired(tx: &Tx<'_>, before_ms: i64) -> Result<usize, DbError> {
    tx.execute("DELETE FROM enrolment_code WHERE expires_at < $1", params![before_ms])
}
