//! Fields in which values of concurrent changes compete, of all documents.

use posto_documents::Document;
use posto_domain::Kind;
use posto_domain::conflict::is_safety_critical;
use posto_domain::id::{DocumentId, UserId};
use rusqlite::params;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::transaction::{ReadTx, WriteTx};

pub(super) const TABLES: &str = "
    CREATE TABLE conflict (
        document INTEGER NOT NULL,
        path     TEXT NOT NULL,
        critical INTEGER NOT NULL,
        at_ms    INTEGER NOT NULL,
        body     TEXT NOT NULL,
        PRIMARY KEY (document, path)
    ) WITHOUT ROWID;
    CREATE INDEX conflict_order ON conflict (critical DESC, at_ms DESC);
";

/// One field of one document in which values compete.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldConflict {
    pub document: DocumentId,
    pub kind: Kind,
    /// As `posto_documents::Path` writes it.
    pub path: String,
    pub safety_critical: bool,
    /// When the newest of the values was written, by its author's clock.
    pub at_ms: i64,
    /// At least two; the last one is what the record shows now.
    pub values: Vec<CompetingValue>,
}

/// One of the values.
#[derive(Debug, Clone, PartialEq)]
pub struct CompetingValue {
    pub value: Value,
    /// The change that wrote it, hexadecimal.
    pub change: String,
    pub author: Option<UserId>,
    pub time_ms: i64,
}

#[derive(Debug)]
pub(super) struct ConflictRow {
    path: String,
    critical: bool,
    at_ms: i64,
    body: String,
}

pub(super) fn fold(document: &Document) -> Result<Vec<ConflictRow>> {
    let conflicts = document.conflicts()?;
    let rows = conflicts.iter().map(|conflict| {
        let keys: Vec<&str> = conflict.path.0.iter().map(String::as_str).collect();
        let values: Vec<Value> = conflict
            .values
            .iter()
            .map(|value| {
                json!({
                    "value": value.value,
                    "change": value.hash.to_string(),
                    "author": value.author,
                    "time_ms": value.time_ms,
                })
            })
            .collect();
        ConflictRow {
            path: conflict.path.to_string(),
            critical: is_safety_critical(document.kind(), &keys),
            at_ms: conflict.values.iter().map(|value| value.time_ms).max().unwrap_or_default(),
            body: Value::Array(values).to_string(),
        }
    });
    Ok(rows.collect())
}

impl ReadTx<'_> {
    /// Open conflicts, safety-critical ones first, then the newest.
    ///
    /// # Errors
    /// Of the database.
    pub fn conflicts(&self, offset: usize, limit: usize) -> Result<Vec<FieldConflict>> {
        self.read_conflicts(
            "SELECT d.uid, d.kind, c.path, c.critical, c.at_ms, c.body
             FROM conflict c JOIN document d ON d.id = c.document
             ORDER BY c.critical DESC, c.at_ms DESC, c.document, c.path LIMIT ?1 OFFSET ?2",
            params![limit as i64, offset as i64],
        )
    }

    /// Open conflicts of one document, in the order of their paths.
    ///
    /// # Errors
    /// Of the database.
    pub fn conflicts_of(&self, document: DocumentId) -> Result<Vec<FieldConflict>> {
        self.read_conflicts(
            "SELECT d.uid, d.kind, c.path, c.critical, c.at_ms, c.body
             FROM document d JOIN conflict c ON c.document = d.id WHERE d.uid = ?1 ORDER BY c.path",
            params![document.to_bytes()],
        )
    }

    /// How many conflicts are open, and how many of them are safety-critical.
    ///
    /// # Errors
    /// Of the database.
    pub fn conflict_counts(&self) -> Result<(u64, u64)> {
        let mut statement = self.statement("SELECT count(*), coalesce(sum(critical), 0) FROM conflict")?;
        Ok(statement.query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?)
    }

    fn read_conflicts(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<FieldConflict>> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut conflicts = Vec::new();
        while let Some(row) = rows.next()? {
            let body: String = row.get(5)?;
            conflicts.push(FieldConflict {
                document: DocumentId::from_bytes(row.get(0)?),
                kind: Kind::from_code(row.get(1)?),
                path: row.get(2)?,
                safety_critical: row.get(3)?,
                at_ms: row.get(4)?,
                values: values(&body).ok_or(Error::Unreadable("conflict"))?,
            });
        }
        Ok(conflicts)
    }
}

fn values(body: &str) -> Option<Vec<CompetingValue>> {
    let Value::Array(values) = serde_json::from_str(body).ok()? else { return None };
    let read = |value: Value| {
        Some(CompetingValue {
            change: value.get("change")?.as_str()?.to_owned(),
            author: value.get("author").and_then(Value::as_str).and_then(|author| author.parse().ok()),
            time_ms: value.get("time_ms")?.as_i64()?,
            value: value.get("value")?.clone(),
        })
    };
    values.into_iter().map(read).collect()
}

impl WriteTx<'_> {
    pub(super) fn remove_conflicts(&self, document: i64) -> Result<()> {
        self.statement("DELETE FROM conflict WHERE document = ?1")?.execute([document])?;
        Ok(())
    }

    pub(super) fn put_conflicts(&self, document: i64, rows: &[ConflictRow]) -> Result<()> {
        for row in rows {
            self.statement(
                "INSERT INTO conflict (document, path, critical, at_ms, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![document, row.path, row.critical, row.at_ms, row.body])?;
        }
        Ok(())
    }
}
