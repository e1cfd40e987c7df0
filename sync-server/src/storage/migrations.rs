//! The schema's history: each step once, in order, by refinery; never edited after a release.

use refinery::{Migration, Runner};
use rusqlite::Connection;

use super::{DbError, sqlite};

/// Name and text of each step, in the SQL that all engines share.
const STEPS: &[(&str, &str)] = &[
    ("V1__first", include_str!("schema/V1__first.sql")),
    ("V2__node_instance", include_str!("schema/V2__node_instance.sql")),
    ("V3__packed_changes", include_str!("schema/V3__packed_changes.sql")),
];

pub(super) fn run(connection: &mut Connection) -> Result<(), DbError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found = connection
        .query_row("SELECT MAX(version) FROM refinery_schema_history", [], |row| row.get::<_, Option<i64>>(0))
        .unwrap_or(None)
        .unwrap_or(0);
    if found > known {
        return Err(DbError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    let steps = STEPS
        .iter()
        .map(|(name, sql)| Migration::unapplied(name, &sqlite::schema_dialect(sql)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| DbError::Migration(Box::new(error)))?;
    Runner::new(&steps).run(connection).map_err(|error| DbError::Migration(Box::new(error)))?;
    Ok(())
}
