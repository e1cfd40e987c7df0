//! Replicated scopes: incarnation, head, count and fingerprint, changed together with the log.

use posto_domain::{ClinicId, Scope};
use posto_sync::{Checkpoint, Epoch, Fingerprint, Seq};

use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

/// Sequences per scope within the log's `position`.
pub(crate) const POSITIONS_PER_SCOPE: i64 = 1 << 40;

/// The scope's number, which rows of the log carry instead of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ScopeId(pub i64);

impl ScopeId {
    /// Where a sequence of this scope stands in the log.
    pub(crate) const fn position(self, seq: Seq) -> i64 {
        self.0 * POSITIONS_PER_SCOPE + seq.0.cast_signed()
    }

    /// The last position of this scope.
    pub(crate) const fn position_max(self) -> i64 {
        self.0 * POSITIONS_PER_SCOPE + (POSITIONS_PER_SCOPE - 1)
    }
}

/// The sequence within its scope of a place in the log.
pub(crate) const fn seq_of(position: i64) -> Seq {
    Seq((position % POSITIONS_PER_SCOPE).cast_unsigned())
}

#[derive(Debug, Clone)]
pub(crate) struct ScopeRow {
    pub id: ScopeId,
    pub scope: Scope,
    pub clinic: ClinicId,
    pub epoch: Epoch,
    pub head: Seq,
    pub count: u64,
    pub fingerprint: Fingerprint,
    pub erasure_head: u64,
    /// The projector has seen everything up to here.
    pub projected: Seq,
}

impl ScopeRow {
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint { head: self.head, count: self.count, fingerprint: self.fingerprint }
    }
}

const COLUMNS: &str = "id, name, clinic, epoch, head, change_count, fingerprint, erasure_head, projected";

fn read(row: &Row<'_>) -> Result<ScopeRow, DbError> {
    Ok(ScopeRow {
        id: ScopeId(row.int(0)?),
        scope: row.text(1)?.parse().map_err(|_| DbError::Malformed { what: "scope name" })?,
        clinic: row.id(2)?,
        epoch: Epoch(row.array(3)?),
        head: Seq(row.u64(4)?),
        count: row.u64(5)?,
        fingerprint: Fingerprint::from_bytes(row.array(6)?),
        erasure_head: row.u64(7)?,
        projected: Seq(row.u64(8)?),
    })
}

/// Makes an empty scope.
pub(crate) fn insert(tx: &Tx<'_>, scope: Scope, clinic: ClinicId, epoch: Epoch) -> Result<ScopeId, DbError> {
    tx.row(
        "new scope",
        "INSERT INTO scope (name, clinic, epoch, head, change_count, fingerprint, erasure_head, projected)
         VALUES ($1, $2, $3, 0, 0, $4, 0, 0) RETURNING id",
        params![&scope.to_string(), &clinic.to_bytes(), &epoch.0, &Fingerprint::EMPTY.to_bytes()],
        |row| row.int(0).map(ScopeId),
    )
}

pub(crate) fn by_name(tx: &Tx<'_>, scope: Scope) -> Result<Option<ScopeRow>, DbError> {
    tx.row_opt(&format!("SELECT {COLUMNS} FROM scope WHERE name = $1"), params![&scope.to_string()], read)
}

/// As [`by_name`], and nobody else appends to the scope until this transaction ends.
pub(crate) fn lock(tx: &Tx<'_>, scope: Scope) -> Result<ScopeRow, DbError> {
    tx.row(
        "scope",
        &format!("SELECT {COLUMNS} FROM scope WHERE name = $1 FOR UPDATE"),
        params![&scope.to_string()],
        read,
    )
}

pub(crate) fn list(tx: &Tx<'_>) -> Result<Vec<ScopeRow>, DbError> {
    tx.rows(&format!("SELECT {COLUMNS} FROM scope ORDER BY id"), &[], read)
}

pub(crate) fn of_clinic(tx: &Tx<'_>, clinic: ClinicId) -> Result<Vec<ScopeRow>, DbError> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM scope WHERE clinic = $1 ORDER BY id"),
        params![&clinic.to_bytes()],
        read,
    )
}

/// Writes what an append or an erasure changed.
pub(crate) fn update(tx: &Tx<'_>, row: &ScopeRow) -> Result<(), DbError> {
    tx.execute(
        "UPDATE scope SET epoch = $2, head = $3, change_count = $4, fingerprint = $5, erasure_head = $6 WHERE id = $1",
        params![row.id.0, &row.epoch.0, row.head.0, row.count, &row.fingerprint.to_bytes(), row.erasure_head],
    )?;
    Ok(())
}

pub(crate) fn set_projected(tx: &Tx<'_>, scope: ScopeId, seq: Seq) -> Result<(), DbError> {
    tx.execute("UPDATE scope SET projected = $2 WHERE id = $1", params![scope.0, seq.0])?;
    Ok(())
}
