//! Whether a document has changes that the server has not acknowledged.

use posto_domain::id::DocumentId;
use rusqlite::OptionalExtension;

use crate::change::ChangeState;
use crate::error::Result;
use crate::transaction::ReadTx;

impl ReadTx<'_> {
    /// Whether changes of this document wait to be sent.
    ///
    /// # Errors
    /// Of the database.
    pub fn is_pending(&self, document: DocumentId) -> Result<bool> {
        let mut statement = self.statement(
            "SELECT 1 FROM document d JOIN change c ON c.document = d.id WHERE d.uid = ?1 AND c.state = ?2 LIMIT 1",
        )?;
        let found = statement
            .query_row(rusqlite::params![document.to_bytes(), ChangeState::Pending.code()], |_| Ok(()))
            .optional()?;
        Ok(found.is_some())
    }
}
