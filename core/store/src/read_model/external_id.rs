//! The names other systems know records by: an import finds what it brought before.

use posto_domain::Kind;
use posto_domain::id::DocumentId;
use rusqlite::params;
use serde_json::Value;

use super::Before;
use crate::error::Result;
use crate::transaction::{ReadTx, WriteTx};

/// Only 8 bytes of a hash: what is found is looked at before it is believed.
pub(super) const TABLES: &str = "
    CREATE TABLE external_id (
        hash     INTEGER NOT NULL,
        document INTEGER NOT NULL,
        PRIMARY KEY (hash, document)
    ) WITHOUT ROWID;
    CREATE INDEX external_id_document ON external_id (document);
";

pub(super) fn fold(kind: Kind, value: &Value) -> Vec<i64> {
    let Some(Value::Object(ids)) = value.get("external_ids") else { return Vec::new() };
    let mut hashes: Vec<i64> = ids
        .values()
        .filter_map(|id| Some(hash(kind, id.get("system")?.as_str()?, id.get("value")?.as_str()?)))
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn hash(kind: Kind, system: &str, value: &str) -> i64 {
    let hash = blake3::hash(format!("{}\0{system}\0{value}", kind.code()).as_bytes());
    let mut head = [0; 8];
    head.copy_from_slice(&hash.as_bytes()[..8]);
    i64::from_be_bytes(head)
}

impl ReadTx<'_> {
    /// Documents of a kind that carry this external id (or, very rarely, one with the same short
    /// hash), oldest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn by_external_id(&self, kind: Kind, system: &str, value: &str) -> Result<Vec<DocumentId>> {
        let mut statement = self.statement(
            "SELECT d.uid FROM external_id e JOIN document d ON d.id = e.document
             WHERE e.hash = ?1 AND d.kind = ?2 ORDER BY d.id",
        )?;
        let rows = statement.query_map(params![hash(kind, system, value), kind.code()], |row| {
            row.get(0).map(DocumentId::from_bytes)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl ReadTx<'_> {
    fn external_ids(&self, document: i64) -> Result<Vec<i64>> {
        let mut statement =
            self.statement("SELECT hash FROM external_id WHERE document = ?1 ORDER BY hash")?;
        let rows = statement.query_map([document], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    pub(super) fn remove_external_ids(&self, document: i64) -> Result<()> {
        self.statement("DELETE FROM external_id WHERE document = ?1")?.execute([document])?;
        Ok(())
    }

    /// `hashes` are ascending. They hardly ever change, so they are looked at before they are written.
    pub(super) fn put_external_ids(&self, document: i64, hashes: &[i64], before: Before) -> Result<()> {
        if before == Before::Unknown {
            let held = self.external_ids(document)?;
            if held == hashes {
                return Ok(());
            }
            self.remove_external_ids(document)?;
        }
        for hash in hashes {
            self.statement("INSERT INTO external_id (hash, document) VALUES (?1, ?2)")?
                .execute([*hash, document])?;
        }
        Ok(())
    }
}
