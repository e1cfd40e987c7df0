//! Files kept with patients.

use posto_domain::attachment::Attachment;
use posto_domain::id::{AttachmentId, PatientId};

use crate::error::Result;
use crate::transaction::ReadTx;

impl ReadTx<'_> {
    /// One attachment.
    ///
    /// # Errors
    /// Of the database.
    pub fn attachment(&self, id: AttachmentId) -> Result<Option<Attachment>> {
        self.record_row(id.cast())
    }

    /// A patient's attachments, deleted ones left out, newest last.
    ///
    /// # Errors
    /// Of the database.
    pub fn attachments_of(&self, patient: PatientId) -> Result<Vec<Attachment>> {
        let mut attachments = self.records_about::<Attachment>(patient.cast())?;
        attachments.retain(|attachment| !attachment.deleted);
        Ok(attachments)
    }
}
