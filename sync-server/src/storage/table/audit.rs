//! Who did what at the server: rows chained by hash, so that a gap or an edit shows.

use sha2::{Digest as _, Sha256};

use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

/// One thing done or refused. Holds ids and codes, never names or contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditRow {
    pub id: i64,
    pub at_ms: i64,
    /// A user's id, `operator` for the command line, `system`.
    pub actor: String,
    /// `clinic.create`, `session.open`, …
    pub action: String,
    /// `clinic/01J…`, or empty.
    pub resource: String,
    /// `done`, `refused`.
    pub outcome: String,
    /// Leads to the log lines of the request.
    pub correlation: String,
    pub chain: [u8; 32],
}

/// What is to be noted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub at_ms: i64,
    pub actor: &'a str,
    pub action: &'a str,
    pub resource: &'a str,
    pub outcome: &'a str,
    pub correlation: &'a str,
}

const COLUMNS: &str = "id, at, actor, action, resource, outcome, correlation, chain";

fn read(row: &Row<'_>) -> Result<AuditRow, DbError> {
    Ok(AuditRow {
        id: row.int(0)?,
        at_ms: row.int(1)?,
        actor: row.text(2)?,
        action: row.text(3)?,
        resource: row.text(4)?,
        outcome: row.text(5)?,
        correlation: row.text(6)?,
        chain: row.array(7)?,
    })
}

/// Appends to the chain.
pub(crate) fn append(tx: &Tx<'_>, entry: &Entry<'_>) -> Result<(), DbError> {
    let last =
        tx.row_opt("SELECT chain FROM audit ORDER BY id DESC LIMIT 1 FOR UPDATE", &[], |row| row.array(0))?;
    let chain = link(last.unwrap_or([0; 32]), entry);
    tx.execute(
        "INSERT INTO audit (at, actor, action, resource, outcome, correlation, chain) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![entry.at_ms, entry.actor, entry.action, entry.resource, entry.outcome, entry.correlation, &chain],
    )?;
    Ok(())
}

/// Rows with an id below `before`, newest first.
pub(crate) fn page(tx: &Tx<'_>, before: i64, limit: u32) -> Result<Vec<AuditRow>, DbError> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2"),
        params![before, limit],
        read,
    )
}

/// Follows the whole chain; the id of the first row that does not fit.
pub(crate) fn first_broken(tx: &Tx<'_>) -> Result<Option<i64>, DbError> {
    let (mut chain, mut broken) = ([0; 32], None);
    tx.scan(&format!("SELECT {COLUMNS} FROM audit ORDER BY id"), &[], |row| {
        let row = read(row)?;
        let entry = Entry {
            at_ms: row.at_ms,
            actor: &row.actor,
            action: &row.action,
            resource: &row.resource,
            outcome: &row.outcome,
            correlation: &row.correlation,
        };
        chain = link(chain, &entry);
        if chain != row.chain {
            broken = Some(row.id);
        }
        Ok(broken.is_none())
    })?;
    Ok(broken)
}

fn link(before: [u8; 32], entry: &Entry<'_>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(entry.at_ms.to_be_bytes());
    for text in [entry.actor, entry.action, entry.resource, entry.outcome, entry.correlation] {
        // Lengths keep "ab","c" apart from "a","bc".
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    }
    hasher.finalize().into()
}
