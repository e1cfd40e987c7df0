//! Writing records: a change, its read-model rows and its audit row in one transaction.

use posto_documents::{ChangeHash, Document, NewChange, WriteContext};
use posto_domain::{DocumentId, Record, Scope, UserId};
use posto_store::{AuditEntry, LocalCommit, OpenDocument, WriteTx};

use super::{App, AppResult};

impl App {
    /// The scope of what all locations of the clinic share.
    pub(crate) fn clinic_scope(&self) -> Scope {
        Scope::Clinic(self.identity.place.clinic.id)
    }

    /// Writes a new record, with what else belongs into the transaction.
    pub(crate) fn create_with<R: Record>(
        &self,
        author: UserId,
        scope: Scope,
        record: &R,
        entry: AuditEntry,
        also: impl FnOnce(&WriteTx<'_>) -> posto_store::Result<()> + Send + 'static,
    ) -> AppResult<Document> {
        let (document, change) = Document::create(&self.pen.context(author), record)?;
        let commit = LocalCommit::create(scope, record, change)?;
        self.store.write(move |tx| {
            tx.commit_local(commit)?;
            also(tx)?;
            tx.audit(&entry)
        })?;
        Ok(document)
    }

    /// Opens a document for reading.
    pub(crate) fn open_document(&self, id: DocumentId) -> AppResult<Document> {
        Ok(self.store.read(|r| r.document(id))?)
    }

    /// Opens a document, lets `change` write to it, and makes that durable together with the audit row it returns.
    /// Nothing is written when nothing changed.
    pub(crate) fn change<F>(&self, author: UserId, id: DocumentId, change: F) -> AppResult<OpenDocument>
    where
        F: FnOnce(&mut Document, &WriteContext) -> AppResult<(Option<NewChange>, AuditEntry)>,
    {
        let _guard = self.store.lock_document(id);
        let mut opened = self.store.read(|r| r.open(id))?;
        let context = self.pen.context_on(author, &opened.document);
        let (written, entry) = change(&mut opened.document, &context)?;
        let commit = written.map(|change| LocalCommit::edit(&opened, vec![change])).transpose()?;
        self.store.write(move |tx| {
            if let Some(commit) = commit {
                tx.commit_local(commit)?;
            }
            tx.audit(&entry)
        })?;
        Ok(opened)
    }
}

/// Heads as the API writes them.
pub(crate) fn head_texts(heads: &[ChangeHash]) -> Vec<String> {
    heads.iter().map(ToString::to_string).collect()
}
