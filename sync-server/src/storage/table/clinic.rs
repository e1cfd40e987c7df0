//! Clinics: the tenants.

use posto_domain::ClinicId;

use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClinicRow {
    pub id: ClinicId,
    pub name: String,
    /// Code of the jurisdiction pack, such as `BR`.
    pub jurisdiction: String,
    pub created_at_ms: i64,
}

const COLUMNS: &str = "id, name, jurisdiction, created_at";

fn read(row: &Row<'_>) -> Result<ClinicRow, DbError> {
    Ok(ClinicRow {
        id: row.id(0)?,
        name: row.text(1)?,
        jurisdiction: row.text(2)?,
        created_at_ms: row.int(3)?,
    })
}

pub(crate) fn insert(tx: &Tx<'_>, clinic: &ClinicRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO clinic (id, name, jurisdiction, created_at) VALUES ($1, $2, $3, $4)",
        params![&clinic.id.to_bytes(), &clinic.name, &clinic.jurisdiction, clinic.created_at_ms],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Tx<'_>, id: ClinicId) -> Result<Option<ClinicRow>, DbError> {
    tx.row_opt(&format!("SELECT {COLUMNS} FROM clinic WHERE id = $1"), params![&id.to_bytes()], read)
}

pub(crate) fn list(tx: &Tx<'_>) -> Result<Vec<ClinicRow>, DbError> {
    tx.rows(&format!("SELECT {COLUMNS} FROM clinic ORDER BY id"), &[], read)
}
