//! Files of patients: announced, sent in pieces, kept by their hash, shown and taken away.

mod content;
mod upload;

use posto_api::Page;
use posto_api::attachment::{Attachment as View, AttachmentState};
use posto_domain::attachment::Attachment;
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::{AttachmentId, Kind, PatientId};
use posto_sync::BlobHash;

use super::audit::Access;
use super::page::{PageRequest, map};
use super::time::{instant, signed_instant};
use super::{App, AppError, AppResult, Caller};

pub use content::{Content, Part};

impl App {
    /// Removes files that no attachment names any more: for the start. A failure costs room and nothing else.
    pub(crate) fn sweep_files(&self) {
        match self.store.sweep_blob_files() {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "files that no attachment names were removed"),
            Err(error) => tracing::warn!(%error, "files that no attachment names stay for now"),
        }
    }

    /// A patient's files, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`].
    pub fn list_attachments(
        &self,
        caller: &Caller,
        patient: PatientId,
        page: &PageRequest,
    ) -> AppResult<Page<View>> {
        let resource = self.patient_resource(ResourceKind::Attachment, patient);
        self.authorize(caller, Action::Read, &resource, Some((Kind::Patient, patient.cast())))?;
        self.authorize_reading(caller, patient)?;
        let mut attachments = self.store.read(|r| r.attachments_of(patient))?;
        attachments.sort_by_key(|attachment| std::cmp::Reverse((attachment.uploaded_at_ms, attachment.id)));
        let page = map(page.cut(attachments), |attachment| self.attachment_view(&attachment))?;
        self.audit(Access::of(caller, "attachment.list", Some((Kind::Patient, patient.cast()))))?;
        Ok(page)
    }

    /// A file, or how far its upload is.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`].
    pub fn read_attachment(&self, caller: &Caller, id: AttachmentId) -> AppResult<View> {
        if let Some(upload) = self.upload_view(caller, id)? {
            return Ok(upload);
        }
        let attachment = self.find_attachment(caller, Action::Read, id)?;
        self.audit(Access::of(caller, "attachment.read", Some((Kind::Attachment, id.cast()))))?;
        self.attachment_view(&attachment)
    }

    /// Takes a file away: it is no longer shown, and its history stays.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`].
    pub fn delete_attachment(&self, caller: &Caller, id: AttachmentId) -> AppResult<()> {
        if self.cancel_upload(caller, id)? {
            return Ok(());
        }
        self.find_attachment(caller, Action::Delete, id)?;
        self.change(caller.user(), id.cast(), |document, context| {
            let change = document.edit::<Attachment, AppError>(None, context, |attachment| {
                attachment.deleted = true;
                Ok(())
            })?;
            let access = Access::of(caller, "attachment.delete", Some((Kind::Attachment, id.cast())));
            Ok((change, self.audit_entry(access)))
        })?;
        Ok(())
    }

    /// A file's record, if it is there and the caller may.
    pub(super) fn find_attachment(
        &self,
        caller: &Caller,
        action: Action,
        id: AttachmentId,
    ) -> AppResult<Attachment> {
        let attachment = self.store.read(|r| r.attachment(id))?;
        let attachment = attachment.filter(|attachment| !attachment.deleted).ok_or(AppError::NotFound)?;
        let mut resource = self.resource(ResourceKind::Attachment).owned_by(attachment.uploaded_by);
        resource.patient = attachment.patient;
        self.authorize(caller, action, &resource, Some((Kind::Attachment, id.cast())))?;
        if let Some(patient) = attachment.patient {
            self.authorize_reading(caller, patient)?;
        }
        Ok(attachment)
    }

    fn attachment_view(&self, attachment: &Attachment) -> AppResult<View> {
        let size = u64::try_from(attachment.size_bytes).unwrap_or_default();
        let progress = match content_hash(attachment) {
            Some(hash) => self.store.read(|r| r.blob_progress(hash))?,
            None => None,
        };
        let received = progress.map_or(0, |(held, _)| held);
        let is_here = progress.is_some_and(|(held, whole)| held == whole);
        Ok(View {
            id: attachment.id.to_string(),
            patient_id: attachment.patient.map(|patient| patient.to_string()).unwrap_or_default(),
            name: attachment.name.clone(),
            size,
            media_type: attachment.mime.clone(),
            description: attachment.title.clone(),
            hash: Some(attachment.blake3.clone()),
            state: if is_here { AttachmentState::Ready } else { AttachmentState::Elsewhere },
            received,
            created_at: attachment
                .uploaded_at_ms
                .map_or_else(|| instant(attachment.id.timestamp_ms()), signed_instant),
            has_preview: is_here && content::has_preview(&attachment.mime, size),
        })
    }
}

/// The hash that a file's content is found by.
pub(super) fn content_hash(attachment: &Attachment) -> Option<BlobHash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(&attachment.blake3, &mut hash).ok()?;
    Some(BlobHash(hash))
}
