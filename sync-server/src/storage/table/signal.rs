//! Numbers that rise when something changed that a running server must notice, whoever changed it.

use std::collections::BTreeMap;

use crate::storage::value::params;
use crate::storage::{DbError, Tx};

/// A scope's log grew or its epoch changed.
pub(crate) const SCOPES: &str = "scopes";
/// A node was enrolled, changed or revoked.
pub(crate) const NODES: &str = "nodes";

pub(crate) fn raise(tx: &Tx<'_>, topic: &str) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO signal (topic, version) VALUES ($1, 1) ON CONFLICT (topic) DO UPDATE SET version = signal.version + 1",
        params![topic],
    )?;
    Ok(())
}

pub(crate) fn all(tx: &Tx<'_>) -> Result<BTreeMap<String, i64>, DbError> {
    Ok(tx
        .rows("SELECT topic, version FROM signal", &[], |row| Ok((row.text(0)?, row.int(1)?)))?
        .into_iter()
        .collect())
}
