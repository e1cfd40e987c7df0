//! Complete attachments of a clinic; their bytes are files.

use posto_domain::ClinicId;
use posto_sync::BlobHash;

use crate::storage::value::params;
use crate::storage::{DbError, Tx};

pub(crate) fn insert(
    tx: &Tx<'_>,
    clinic: ClinicId,
    blob: &BlobHash,
    size: u64,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO blob (clinic, hash, size, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (clinic, hash) DO NOTHING",
        params![&clinic.to_bytes(), &blob.0, size, at_ms],
    )?;
    Ok(())
}

/// The size of a complete blob, in bytes.
pub(crate) fn size(tx: &Tx<'_>, clinic: ClinicId, blob: &BlobHash) -> Result<Option<u64>, DbError> {
    tx.row_opt(
        "SELECT size FROM blob WHERE clinic = $1 AND hash = $2",
        params![&clinic.to_bytes(), &blob.0],
        |row| row.u64(0),
    )
}

pub(crate) fn delete(tx: &Tx<'_>, clinic: ClinicId, blob: &BlobHash) -> Result<(), DbError> {
    tx.execute("DELETE FROM blob WHERE clinic = $1 AND hash = $2", params![&clinic.to_bytes(), &blob.0])?;
    Ok(())
}

/// Number and bytes of all complete blobs.
pub(crate) fn totals(tx: &Tx<'_>) -> Result<(u64, u64), DbError> {
    tx.row("blob totals", "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM blob", &[], |row| {
        Ok((row.u64(0)?, row.u64(1)?))
    })
}
