//! Facts about this installation, by name.

use crate::storage::value::params;
use crate::storage::{DbError, Tx};

/// 16 random bytes drawn by `init`: the server's own id among actors.
pub(crate) const SERVER_ID: &str = "server_id";
/// When the database was last put back from a backup, milliseconds as 8 bytes.
pub(crate) const RESTORED_AT: &str = "restored_at";

/// When every log was last held against its sums, milliseconds as 8 bytes.
pub(crate) const PROVED_AT: &str = "proved_at";

pub(crate) fn get(tx: &Tx<'_>, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    tx.row_opt("SELECT value FROM installation WHERE name = $1", params![name], |row| row.blob(0))
}

pub(crate) fn set(tx: &Tx<'_>, name: &str, value: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )?;
    Ok(())
}
