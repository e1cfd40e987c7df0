//! Whether a document has changes that the server has not acknowledged.

use posto_domain::id::DocumentId;

use crate::error::Result;
use crate::transaction::ReadTx;

impl ReadTx<'_> {
    /// Whether changes of this document wait to be sent.
    ///
    /// # Errors
    /// Of the database.
    pub fn is_pending(&self, document: DocumentId) -> Result<bool> {
        let mut statement = self.statement(
            "SELECT 1 FROM document d CROSS JOIN change c ON c.document = d.id
             CROSS JOIN pending p ON p.scope = c.scope AND p.local_seq = c.local_seq WHERE d.uid = ?1 LIMIT 1",
        )?;
        Ok(statement.exists([document.to_bytes()])?)
    }
}
