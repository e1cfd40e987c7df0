//! Records of the kinds that come in small numbers: whole, as JSON, with one subject and one key to
//! find them by. What those are for each kind stands here; the typed questions stand in the files
//! beside.

use posto_domain::id::DocumentId;
use posto_domain::normalise::normalise_name;
use posto_domain::{Kind, Record};
use posto_sync::BlobHash;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::transaction::{ReadTx, WriteTx};

pub(super) const TABLES: &str = "
    CREATE TABLE record (
        document INTEGER PRIMARY KEY,
        kind     INTEGER NOT NULL,
        subject  BLOB,
        key      TEXT,
        body     TEXT NOT NULL
    );
    CREATE INDEX record_subject ON record (kind, subject);
    CREATE INDEX record_key ON record (kind, key);
";

#[derive(Debug)]
pub(super) struct Row {
    kind: Kind,
    subject: Option<[u8; 16]>,
    key: Option<String>,
    body: String,
    /// What an attachment refers to, with its size.
    content: Option<(BlobHash, u64)>,
}

pub(super) fn fold(kind: Kind, mut value: Value) -> Option<Row> {
    normalise(&mut value);
    let (subject, key) = match kind {
        Kind::Location => ("clinic", "name"),
        Kind::User => ("practitioner", "login"),
        Kind::RoleGrant => ("user", "role"),
        Kind::Device => ("clinic", "kind"),
        Kind::Setting => ("location", "key"),
        Kind::Consent => ("patient", "purpose"),
        Kind::CaregiverLink => ("patient", "user"),
        Kind::Practitioner => ("user", "name"),
        Kind::Room => ("location", "name"),
        Kind::Attachment => ("patient", "blake3"),
        Kind::ConflictTask => ("subject", "status"),
        Kind::MergeRecord => ("survivor", "retired"),
        _ => ("clinic", "name"),
    };
    let text = |field: &str| value.get(field).and_then(Value::as_str);
    let subject = text(subject).and_then(|id| id.parse::<DocumentId>().ok()).map(DocumentId::to_bytes);
    let key = match value.get(key) {
        Some(Value::String(text)) if key == "name" => Some(normalise_name(text)),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Object(name)) => {
            let parts = ["text", "given", "family"].iter().filter_map(|part| name.get(*part)?.as_str());
            Some(normalise_name(&parts.collect::<Vec<_>>().join(" ")))
        }
        _ => None,
    };
    let content = if kind == Kind::Attachment { content(&value) } else { None };
    Some(Row { kind, subject, key, body: serde_json::to_string(&value).ok()?, content })
}

/// A document shows its empty containers, a record does not; both give the same row.
fn normalise(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, field| field.as_object().is_none_or(|entries| !entries.is_empty()));
    }
    value.sort_all_objects();
}

/// A deleted attachment's content is not fetched.
fn content(value: &Value) -> Option<(BlobHash, u64)> {
    if value.get("deleted").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let mut hash = [0; 32];
    hex::decode_to_slice(value.get("blake3")?.as_str()?, &mut hash).ok()?;
    Some((BlobHash(hash), value.get("size_bytes")?.as_u64()?))
}

impl ReadTx<'_> {
    /// All records of a kind, by key. A record that does not fit its type is left out: one newer
    /// or damaged record must not hide the others.
    ///
    /// # Errors
    /// Of the database.
    pub fn records<R: Record>(&self) -> Result<Vec<R>> {
        self.read_records(
            "SELECT body FROM record WHERE kind = ?1 ORDER BY key, document",
            params![R::KIND.code()],
        )
    }

    /// Records of a kind about one subject (grants of a user, consents of a patient).
    ///
    /// # Errors
    /// Of the database.
    pub fn records_about<R: Record>(&self, subject: DocumentId) -> Result<Vec<R>> {
        self.read_records(
            "SELECT body FROM record WHERE kind = ?1 AND subject = ?2 ORDER BY document",
            params![R::KIND.code(), subject.to_bytes()],
        )
    }

    /// Records of a kind with this key (a user's login, a setting's name).
    ///
    /// # Errors
    /// Of the database.
    pub fn records_with_key<R: Record>(&self, key: &str) -> Result<Vec<R>> {
        self.read_records(
            "SELECT body FROM record WHERE kind = ?1 AND key = ?2 ORDER BY document",
            params![R::KIND.code(), key],
        )
    }

    /// One record out of the read model, without opening its document.
    ///
    /// # Errors
    /// Of the database; [`Error::Unreadable`] when it does not fit its type.
    pub fn record_row<R: Record>(&self, id: DocumentId) -> Result<Option<R>> {
        let mut statement = self.statement(
            "SELECT r.body FROM document d JOIN record r ON r.document = d.id WHERE d.uid = ?1 AND r.kind = ?2",
        )?;
        let body: Option<String> =
            statement.query_row(params![id.to_bytes(), R::KIND.code()], |row| row.get(0)).optional()?;
        body.map(|body| serde_json::from_str(&body).map_err(|_| Error::Unreadable("record"))).transpose()
    }

    fn read_records<R: Record>(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<R>> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            let body: String = row.get(0)?;
            records.extend(serde_json::from_str::<R>(&body));
        }
        Ok(records)
    }
}

impl WriteTx<'_> {
    pub(super) fn put_record(&self, document: i64, row: &Row) -> Result<()> {
        self.statement(
            "INSERT OR REPLACE INTO record (document, kind, subject, key, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![document, row.kind.code(), row.subject, row.key, row.body])?;
        match row.content {
            Some((hash, size)) => self.want_blob(hash, size),
            None => Ok(()),
        }
    }

    pub(super) fn remove_record(&self, document: i64) -> Result<()> {
        self.statement("DELETE FROM record WHERE document = ?1")?.execute([document])?;
        Ok(())
    }
}
