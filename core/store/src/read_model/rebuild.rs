//! Dropping all read models and computing them again from the documents.

use std::fmt::Write;

use rusqlite::types::ValueRef;

use super::{TABLES, VERSION};
use crate::change::read_hash;
use crate::error::Result;
use crate::meta::READ_MODELS;
use crate::transaction::{ReadTx, WriteTx};

/// Every table of `TABLES`, dependents first.
const NAMES: &[&str] =
    &["patient_vocabulary", "patient_words", "patient", "chart_entry", "conflict", "external_id", "record"];

impl WriteTx<'_> {
    /// Whether the tables are there and of this version.
    pub(crate) fn read_models_are_current(&self) -> Result<bool> {
        Ok(self.meta_u64(READ_MODELS)? == Some(VERSION))
    }

    /// Makes the tables if they are missing or of another version. Every document is dirty then.
    pub(crate) fn ensure_read_models(&self) -> Result<()> {
        if self.read_models_are_current()? { Ok(()) } else { self.reset_read_models() }
    }

    pub(crate) fn reset_read_models(&self) -> Result<()> {
        for name in NAMES {
            self.connection.execute_batch(&format!("DROP TABLE IF EXISTS {name}"))?;
        }
        for tables in TABLES {
            self.connection.execute_batch(tables)?;
        }
        self.connection.execute_batch("INSERT OR IGNORE INTO dirty (document) SELECT id FROM document")?;
        self.shared.vocabulary.clear();
        self.set_meta_u64(READ_MODELS, VERSION)
    }
}

impl ReadTx<'_> {
    /// Every row of every read model as a line of text, sorted, with documents named by their ids:
    /// equal on any two replicas that hold the same documents.
    ///
    /// # Errors
    /// Of the database.
    pub fn dump_read_models(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for table in NAMES.iter().filter(|name| !name.starts_with("patient_")) {
            let mut statement = self.connection.prepare(&format!(
                "SELECT hex(d.uid), t.* FROM {table} t JOIN document d ON d.id = t.document"
            ))?;
            let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let mut line = (*table).to_owned();
                for (at, column) in columns.iter().enumerate().filter(|(_, name)| *name != "document") {
                    let _ = write!(line, " {column}={}", text(row.get_ref(at)?));
                }
                lines.push(line);
            }
        }
        let mut statement = self.connection.prepare("SELECT term, doc FROM patient_vocabulary")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            lines.push(format!("patient_words {} {}", row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
        }
        lines.sort_unstable();
        Ok(lines)
    }

    /// Every change held and counted as shared or pending, as a line of text, sorted.
    ///
    /// # Errors
    /// Of the database.
    pub fn dump_changes(&self) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare(
            "SELECT s.name, hex(d.uid), d.kind, c.hash8, c.hash24 FROM change c JOIN document d ON d.id = c.document
             JOIN scope s ON s.id = c.scope WHERE c.state < 2",
        )?;
        let rows = statement.query_map([], |row| {
            let (scope, id): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(format!("{scope} {id} {} {}", row.get::<_, i64>(2)?, hex::encode(read_hash(row, 3)?)))
        })?;
        let mut lines = rows.collect::<Result<Vec<_>, _>>()?;
        lines.sort_unstable();
        Ok(lines)
    }
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => hex::encode(bytes),
    }
}
