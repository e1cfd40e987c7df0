//! The clinic's own records where no server keeps them: a standalone node writes its directory itself.

use posto_documents::Document;
use posto_domain::{Record, Scope};
use posto_store::LocalCommit;

use super::audit::Access;
use super::{App, AppResult, Caller};

impl App {
    /// Writes a record of the directory into the local scope.
    ///
    /// # Errors
    /// Of the store.
    pub fn write_directory<R: Record>(&self, record: &R) -> AppResult<()> {
        let operator = Caller::operator(self);
        let scope: Scope = self.identity.local_scope();
        let change = Document::first_change(&self.pen.context(operator.user()), record)?;
        let commit = LocalCommit::create(scope, record, change)?;
        let access = Access::of(&operator, "directory.create", Some((R::KIND, record.document_id())));
        let entry = self.audit_entry(access);
        self.store.write(move |tx| {
            tx.commit_local(commit)?;
            tx.audit(&entry)
        })?;
        Ok(())
    }
}
