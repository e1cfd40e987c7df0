//! The places of a clinic.

use posto_domain::{ClinicId, LocationId};

use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocationRow {
    pub id: LocationId,
    pub clinic: ClinicId,
    pub name: String,
    pub created_at_ms: i64,
}

const COLUMNS: &str = "id, clinic, name, created_at";

fn read(row: &Row<'_>) -> Result<LocationRow, DbError> {
    Ok(LocationRow { id: row.id(0)?, clinic: row.id(1)?, name: row.text(2)?, created_at_ms: row.int(3)? })
}

pub(crate) fn insert(tx: &Tx<'_>, location: &LocationRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO location (id, clinic, name, created_at) VALUES ($1, $2, $3, $4)",
        params![&location.id.to_bytes(), &location.clinic.to_bytes(), &location.name, location.created_at_ms],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Tx<'_>, id: LocationId) -> Result<Option<LocationRow>, DbError> {
    tx.row_opt(&format!("SELECT {COLUMNS} FROM location WHERE id = $1"), params![&id.to_bytes()], read)
}

/// All locations, or one clinic's.
pub(crate) fn list(tx: &Tx<'_>, clinic: Option<ClinicId>) -> Result<Vec<LocationRow>, DbError> {
    match clinic {
        Some(clinic) => tx.rows(
            &format!("SELECT {COLUMNS} FROM location WHERE clinic = $1 ORDER BY id"),
            params![&clinic.to_bytes()],
            read,
        ),
        None => tx.rows(&format!("SELECT {COLUMNS} FROM location ORDER BY id"), &[], read),
    }
}
