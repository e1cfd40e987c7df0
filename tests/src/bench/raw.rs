//! The least that a durable edit of an Automerge document costs: no encryption, no index, no audit, no other writer.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use automerge::transaction::{Transactable as _, Transaction};
use automerge::{Automerge, ObjId, ObjType, ROOT, ScalarValue};
use posto_domain::Patient;
use rusqlite::{Connection, params};
use serde_json::Value;

/// Documents in a plain SQLite file: each saved once, its changes behind it.
pub(super) struct RawPeer {
    connection: Connection,
    edits: u64,
}

impl RawPeer {
    /// A file of these records.
    pub(super) fn create(folder: &Path, patients: &[Patient]) -> Result<Self> {
        let mut connection = open(&folder.join("raw.db"), None)?;
        connection.execute_batch(
            "CREATE TABLE document (id INTEGER PRIMARY KEY, saved BLOB NOT NULL);
             CREATE TABLE change (id INTEGER PRIMARY KEY, document INTEGER NOT NULL, bytes BLOB NOT NULL);
             CREATE INDEX change_document ON change (document);",
        )?;
        let transaction = connection.transaction()?;
        for (id, patient) in patients.iter().enumerate() {
            let saved = document(&serde_json::to_value(patient)?)?.save();
            transaction
                .prepare_cached("INSERT INTO document (id, saved) VALUES (?1, ?2)")?
                .execute(params![id as i64, saved])?;
        }
        transaction.commit()?;
        Ok(Self { connection, edits: 0 })
    }

    /// Loads a document, sets one field and appends the change durably; how long it took, in milliseconds.
    pub(super) fn edit(&mut self, document: usize) -> Result<f64> {
        self.edits += 1;
        let name = format!("Nome Social {}", self.edits);
        let started = Instant::now();
        let saved: Vec<u8> = self
            .connection
            .prepare_cached("SELECT saved FROM document WHERE id = ?1")?
            .query_row([document as i64], |row| row.get(0))?;
        let mut am = Automerge::load(&saved)?;
        {
            let mut changes =
                self.connection.prepare_cached("SELECT bytes FROM change WHERE document = ?1 ORDER BY id")?;
            let mut rows = changes.query([document as i64])?;
            while let Some(row) = rows.next()? {
                am.load_incremental(row.get_ref(0)?.as_blob()?)?;
            }
        }
        let mut transaction = am.transaction();
        transaction.put(ROOT, "social_name", name)?;
        transaction.commit();
        let change = am.get_last_local_change().context("the edit made a change")?;
        self.connection
            .prepare_cached("INSERT INTO change (document, bytes) VALUES (?1, ?2)")?
            .execute(params![document as i64, change.raw_bytes()])?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }
}

/// Rows of a change's size in an encrypted file, each durable: what the disk and the cipher take.
pub(super) struct RawInsert(Connection);

impl RawInsert {
    pub(super) fn create(folder: &Path) -> Result<Self> {
        let connection = open(&folder.join("raw-encrypted.db"), Some(&"07".repeat(32)))?;
        connection.execute_batch("CREATE TABLE change (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")?;
        Ok(Self(connection))
    }

    /// One row; how long it took, in milliseconds.
    pub(super) fn insert(&self) -> Result<f64> {
        let started = Instant::now();
        self.0.prepare_cached("INSERT INTO change (bytes) VALUES (?1)")?.execute([[7_u8; 150].as_slice()])?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }
}

fn open(path: &Path, key: Option<&str>) -> Result<Connection> {
    let connection = Connection::open(path)?;
    if let Some(key) = key {
        connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\""))?;
    }
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    Ok(connection)
}

fn document(record: &Value) -> Result<Automerge> {
    let mut am = Automerge::new();
    let mut transaction = am.transaction();
    put_all(&mut transaction, &ROOT, record)?;
    transaction.commit();
    Ok(am)
}

fn put_all(transaction: &mut Transaction<'_>, object: &ObjId, content: &Value) -> Result<()> {
    for (key, value) in content.as_object().into_iter().flatten() {
        let scalar: ScalarValue = match value {
            Value::Object(_) => {
                let inner = transaction.put_object(object, key.as_str(), ObjType::Map)?;
                put_all(transaction, &inner, value)?;
                continue;
            }
            Value::String(text) => text.as_str().into(),
            Value::Bool(flag) => (*flag).into(),
            other => other.as_i64().unwrap_or_default().into(),
        };
        transaction.put(object, key.as_str(), scalar)?;
    }
    Ok(())
}
