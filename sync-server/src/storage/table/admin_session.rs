//! Sessions of the console, by the hash of their token; ending one is deleting its row.

use posto_domain::UserId;

use crate::storage::value::params;
use crate::storage::{DbError, Tx};

#[derive(Clone)]
pub(crate) struct AdminSessionRow {
    pub token_hash: [u8; 32],
    pub user: UserId,
    /// What a write must send along.
    pub csrf: String,
    pub created_at_ms: i64,
    pub last_seen_at_ms: i64,
    pub expires_at_ms: i64,
}

pub(crate) fn insert(tx: &Tx<'_>, row: &AdminSessionRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO admin_session (token_hash, admin_user, csrf, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            &row.token_hash,
            &row.user.to_bytes(),
            &row.csrf,
            row.created_at_ms,
            row.last_seen_at_ms,
            row.expires_at_ms
        ],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<AdminSessionRow>, DbError> {
    tx.row_opt(
        "SELECT admin_user, csrf, created_at, last_seen_at, expires_at FROM admin_session WHERE token_hash = $1",
        params![token_hash],
        |row| {
            Ok(AdminSessionRow {
                token_hash: *token_hash,
                user: row.id(0)?,
                csrf: row.text(1)?,
                created_at_ms: row.int(2)?,
                last_seen_at_ms: row.int(3)?,
                expires_at_ms: row.int(4)?,
            })
        },
    )
}

pub(crate) fn set_seen(tx: &Tx<'_>, token_hash: &[u8; 32], at_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE admin_session SET last_seen_at = $2 WHERE token_hash = $1",
        params![token_hash, at_ms],
    )?;
    Ok(())
}

pub(crate) fn delete(tx: &Tx<'_>, token_hash: &[u8; 32]) -> Result<(), DbError> {
    tx.execute("DELETE FROM admin_session WHERE token_hash = $1", params![token_hash])?;
    Ok(())
}

/// Forgets sessions past their end or silent since `idle_since_ms`.
pub(crate) fn delete_stale(tx: &Tx<'_>, now_ms: i64, idle_since_ms: i64) -> Result<usize, DbError> {
    tx.execute(
        "DELETE FROM admin_session WHERE expires_at < $1 OR last_seen_at < $2",
        params![now_ms, idle_since_ms],
    )
}

/// Ends every session.
pub(crate) fn delete_all(tx: &Tx<'_>) -> Result<usize, DbError> {
    tx.execute("DELETE FROM admin_session", &[])
}
