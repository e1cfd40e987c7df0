//! Carrying out the erasure ledger: a document disappears with everything that was made from it.
//!
//! What is deleted here is overwritten. Room in the file that an earlier edit gave free may hold an older value until it is
//! used again, and is encrypted like all of it.

use posto_domain::Kind;
use posto_domain::id::DocumentId;
use posto_sync::{BlobHash, Erasure, ScopeName, ScopeState};
use rusqlite::{OptionalExtension, params};

use crate::change::{ChangeState, STATE, read_hash};
use crate::error::Result;
use crate::event::StoreEvent;
use crate::store::Store;
use crate::transaction::WriteTx;
use crate::writer::Lane;

impl Store {
    pub(super) fn erase(&self, scope: &ScopeName, entries: Vec<Erasure>, cursor: u64) -> Result<ScopeState> {
        let scope = scope.clone();
        let state = self
            .submit(Lane::Background, move |tx| {
                let row = tx.scope_row(scope.as_str())?;
                let blobs = tx.overwriting_freed_pages(|tx| tx.erase_entries(row, &entries, cursor))?;
                tx.note_unneeded(&blobs)?;
                tx.current_scope_state(row)
            })
            .wait()?;
        self.shared().opened.clear();
        // The files go after the commit: what a crash between leaves, the next start removes.
        self.remove_unneeded_files()?;
        // The log still holds the old pages until it is cut.
        self.truncate_log()?;
        Ok(state)
    }
}

impl WriteTx<'_> {
    /// Runs `work` with `secure_delete`: what is deleted is overwritten with zeros.
    fn overwriting_freed_pages<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let set = |on: &str| -> Result<()> {
            Ok(self.connection.query_row(&format!("PRAGMA secure_delete = {on}"), [], |_| Ok(()))?)
        };
        set("ON")?;
        let result = work(self);
        set("OFF")?;
        result
    }

    fn erase_entries(&self, scope: i64, entries: &[Erasure], cursor: u64) -> Result<Vec<[u8; 16]>> {
        let mut documents = Vec::with_capacity(entries.len());
        let mut blobs = Vec::new();
        for entry in entries {
            self.statement(
                "INSERT OR IGNORE INTO erased (uid, scope, number, basis, decided_by, at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                entry.doc.0,
                scope,
                entry.number as i64,
                entry.basis,
                entry.decided_by,
                entry.at_ms as i64
            ])?;
            documents.push(DocumentId::from_bytes(entry.doc.0));
            blobs.extend(self.forget_uploads_about(DocumentId::from_bytes(entry.doc.0))?);
            if let Some(found) = self.document_row(entry.doc.0)? {
                let content = self.content_of(found.row)?;
                self.erase_document(scope, found.row)?;
                if let Some(content) = content {
                    blobs.extend(self.forget_blob_if_unreferenced(content)?);
                }
            }
        }
        self.erase_search_remains()?;
        self.statement("UPDATE scope SET erasure_cursor = ?2 WHERE id = ?1")?
            .execute(params![scope, cursor as i64])?;
        self.announce(StoreEvent::Erased { documents });
        Ok(blobs)
    }

    /// The content an attachment's record refers to.
    fn content_of(&self, document: i64) -> Result<Option<BlobHash>> {
        let key: Option<String> = self
            .statement("SELECT key FROM record WHERE document = ?1 AND kind = ?2")?
            .query_row(params![document, Kind::Attachment.code()], |row| row.get(0))
            .optional()?;
        let mut hash = [0; 32];
        Ok(key.filter(|key| hex::decode_to_slice(key, &mut hash).is_ok()).map(|_| BlobHash(hash)))
    }

    fn erase_document(&self, scope: i64, document: i64) -> Result<()> {
        {
            let mut statement = self.statement(&format!(
                "SELECT {STATE}, c.hash8, c.hash24 FROM change c WHERE c.document = ?1"
            ))?;
            let mut rows = statement.query([document])?;
            while let Some(row) = rows.next()? {
                let state = ChangeState::from_code(row.get(0)?);
                self.uncount_change(scope, state, &read_hash(row, 1)?);
            }
        }
        self.remove_projection(document)?;
        for sql in [
            "DELETE FROM refusal WHERE local_seq IN (SELECT local_seq FROM change WHERE document = ?1)",
            "DELETE FROM pending WHERE (scope, local_seq) IN
                 (SELECT scope, local_seq FROM change WHERE document = ?1)",
            "DELETE FROM change WHERE document = ?1",
            "DELETE FROM snapshot WHERE document = ?1",
            "DELETE FROM quarantine WHERE document = ?1",
            "DELETE FROM dirty WHERE document = ?1",
            "DELETE FROM document WHERE id = ?1",
        ] {
            self.statement(sql)?.execute([document])?;
        }
        Ok(())
    }
}
