//! Writing what was done here: change, read models and whatever else belongs to it, in one
//! transaction.

use posto_documents::{Document, NewChange, plain_value};
use posto_domain::id::DocumentId;
use posto_domain::{Kind, Record, Scope, ScopeKind};

use crate::change::ChangeState;
use crate::document::{DocumentState, OpenDocument};
use crate::error::Result;
use crate::event::StoreEvent;
use crate::read_model::{Before, Projection};
use crate::transaction::WriteTx;

/// Changes made here to one document, ready to be written.
#[derive(Debug)]
pub struct LocalCommit {
    id: DocumentId,
    kind: Kind,
    scope: Scope,
    changes: Vec<NewChange>,
    /// The newest change the document was opened with; 0 for a new one.
    based_on: i64,
    projection: Projection,
    snapshot: Option<Vec<u8>>,
}

/// A document gets a new snapshot when it is edited with more changes than this behind the last.
pub(crate) const TAIL_MAX: usize = 64;

impl LocalCommit {
    /// A new document of `scope` with its first change, which says `record` ([`Document::first_change`]).
    /// Read-model rows are computed here, on the caller's thread.
    ///
    /// # Errors
    /// [`crate::Error::Document`] when the change cannot be read.
    pub fn create<R: Record>(scope: Scope, record: &R, change: NewChange) -> Result<Self> {
        let value = match plain_value(R::KIND, [(&change.hash, change.bytes.as_slice())]) {
            Some(value) => value,
            None => Document::load(R::KIND, [&change.bytes])?.value()?,
        };
        Ok(Self {
            id: record.document_id(),
            kind: R::KIND,
            scope,
            changes: vec![change],
            based_on: 0,
            projection: Projection::of_value(R::KIND, value),
            snapshot: None,
        })
    }

    /// Changes that were made to an opened document and that it contains by now.
    ///
    /// # Errors
    /// [`crate::Error::Document`] when the document cannot be read.
    pub fn edit(opened: &OpenDocument, changes: Vec<NewChange>) -> Result<Self> {
        let snapshot = (opened.tail > TAIL_MAX).then(|| opened.document.snapshot()).transpose()?;
        Ok(Self {
            id: opened.info.id,
            kind: opened.info.kind,
            scope: opened.info.scope,
            changes,
            based_on: opened.info.last_change,
            projection: Projection::of(&opened.document)?,
            snapshot,
        })
    }
}

impl WriteTx<'_> {
    /// Writes local changes and the read-model rows that follow from them.
    ///
    /// The caller holds the document's lock since it opened the document. Changes of the other side
    /// that arrived since are no obstacle: then the projector computes the rows again.
    ///
    /// # Errors
    /// Of the database.
    pub fn commit_local(&self, commit: LocalCommit) -> Result<()> {
        if commit.changes.is_empty() {
            return Ok(());
        }
        let scope = self.scope_row(&commit.scope.to_string())?;
        let state = match commit.scope.kind() {
            // Nobody else holds a local scope: nothing in it ever waits to be sent.
            ScopeKind::Local => ChangeState::Shared,
            _ => ChangeState::Pending,
        };
        let (document, moved_on, before) = match self.document_row(commit.id.to_bytes())? {
            Some(found) => (found.row, found.last_change != commit.based_on, Before::Unknown),
            None => (self.insert_document(commit.id, commit.kind, scope)?, false, Before::Nothing),
        };
        let mut last = 0;
        for change in &commit.changes {
            last = self.insert_change(document, scope, state, &change.hash.0, &change.bytes)?;
            self.count_change(scope, state, &change.hash.0);
        }
        if state == ChangeState::Pending && self.has_refusals()? {
            self.refuse_dependents(scope, document)?;
        }
        self.set_last_change(document, last)?;
        if moved_on {
            self.mark_dirty(document)?;
        } else {
            if before == Before::Unknown {
                self.set_document_state(document, DocumentState::Fine)?;
            }
            self.apply_projection(document, &commit.projection, before)?;
            if let Some(snapshot) = &commit.snapshot {
                self.write_snapshot(document, last, snapshot)?;
            }
        }
        let (id, kind, scope) = (commit.id, commit.kind, commit.scope);
        self.announce(StoreEvent::DocumentChanged { id, kind, scope });
        if state == ChangeState::Pending {
            self.announce(StoreEvent::PendingChanges { scope });
        }
        Ok(())
    }
}
