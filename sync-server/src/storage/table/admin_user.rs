//! People who sign in at the console.

use posto_domain::lockout::Tries;
use posto_domain::{ClinicId, UserId};

use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

#[derive(Clone)]
pub(crate) struct AdminUserRow {
    pub id: UserId,
    /// What they sign in with; lower case.
    pub email: String,
    pub name: String,
    /// A role of the domain, such as `SUPER_ADMIN`.
    pub role: String,
    /// Absent: every clinic.
    pub clinic: Option<ClinicId>,
    pub password_hash: String,
    pub created_at_ms: i64,
    pub disabled_at_ms: Option<i64>,
    pub tries: Tries,
}

const COLUMNS: &str =
    "id, email, name, role, clinic, password_hash, created_at, disabled_at, failures, last_failure_at";

fn read(row: &Row<'_>) -> Result<AdminUserRow, DbError> {
    Ok(AdminUserRow {
        id: row.id(0)?,
        email: row.text(1)?,
        name: row.text(2)?,
        role: row.text(3)?,
        clinic: row.id_opt(4)?,
        password_hash: row.text(5)?,
        created_at_ms: row.int(6)?,
        disabled_at_ms: row.int_opt(7)?,
        tries: Tries {
            failed: u32::try_from(row.int(8)?).unwrap_or(u32::MAX),
            last_failed_at_ms: row.int(9)?,
        },
    })
}

/// False when the e-mail address is taken.
pub(crate) fn insert(tx: &Tx<'_>, user: &AdminUserRow) -> Result<bool, DbError> {
    let clinic = user.clinic.map(ClinicId::to_bytes);
    let changed = tx.execute(
        "INSERT INTO admin_user (id, email, name, role, clinic, password_hash, created_at, failures, last_failure_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0) ON CONFLICT (email) DO NOTHING",
        params![
            &user.id.to_bytes(),
            &user.email,
            &user.name,
            &user.role,
            clinic.as_ref(),
            &user.password_hash,
            user.created_at_ms,
        ],
    )?;
    Ok(changed == 1)
}

pub(crate) fn by_email(tx: &Tx<'_>, email: &str) -> Result<Option<AdminUserRow>, DbError> {
    tx.row_opt(&format!("SELECT {COLUMNS} FROM admin_user WHERE email = $1"), params![email], read)
}

pub(crate) fn get(tx: &Tx<'_>, id: UserId) -> Result<Option<AdminUserRow>, DbError> {
    tx.row_opt(&format!("SELECT {COLUMNS} FROM admin_user WHERE id = $1"), params![&id.to_bytes()], read)
}

pub(crate) fn list(tx: &Tx<'_>) -> Result<Vec<AdminUserRow>, DbError> {
    tx.rows(&format!("SELECT {COLUMNS} FROM admin_user ORDER BY id"), &[], read)
}

pub(crate) fn set_tries(tx: &Tx<'_>, id: UserId, tries: Tries) -> Result<(), DbError> {
    tx.execute(
        "UPDATE admin_user SET failures = $2, last_failure_at = $3 WHERE id = $1",
        params![&id.to_bytes(), tries.failed, tries.last_failed_at_ms],
    )?;
    Ok(())
}
