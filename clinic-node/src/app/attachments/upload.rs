//! Sending a file in pieces that may be repeated after a break.

use posto_api::attachment::{Attachment as View, AttachmentState, StartAttachment};
use posto_domain::attachment::Attachment;
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::{AttachmentId, Entries, Kind, PatientId, UserId};
use posto_store::{UploadState, WriteTx};
use posto_sync::node::NodeNudge;
use serde::{Deserialize, Serialize};

use super::super::audit::Access;
use super::super::time::instant;
use super::super::{App, AppError, AppResult, Caller};
use super::content::media_type;

/// Longest file name that is kept, in characters.
const NAME_MAX: usize = 255;
const DESCRIPTION_MAX: usize = 1_000;

/// What is kept beside the bytes of an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Announced {
    patient: PatientId,
    name: String,
    media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    by: UserId,
}

impl App {
    /// Announces a file. An empty one is complete at once.
    ///
    /// # Errors
    /// [`AppError::Validation`], [`AppError::TooLarge`], [`AppError::NotFound`], [`AppError::Forbidden`].
    pub fn start_attachment(&self, caller: &Caller, request: StartAttachment) -> AppResult<View> {
        let patient: PatientId = request.patient_id.parse().map_err(|_| AppError::NotFound)?;
        let resource = self.patient_resource(ResourceKind::Attachment, patient);
        self.authorize(caller, Action::Create, &resource, Some((Kind::Patient, patient.cast())))?;
        let row = self.store.read(|r| r.patient_row(patient))?.ok_or(AppError::NotFound)?;
        if row.restricted {
            self.authorize_reading(caller, patient)?;
        }
        if request.size > self.config.limits.attachment_mib_max << 20 {
            return Err(AppError::TooLarge);
        }
        let title = request.description.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if title.as_ref().is_some_and(|title| title.chars().count() > DESCRIPTION_MAX) {
            return Err(AppError::field("description", "too_long"));
        }
        let name = file_name(&request.name).ok_or_else(|| AppError::field("name", "required"))?;
        let announced = Announced { patient, name, media_type: request.media_type, title, by: caller.user() };
        let body = serde_json::to_string(&announced).map_err(|_| AppError::InvalidRequest)?;
        let upload = self.store.begin_upload(request.size, body)?;
        self.audit(Access::of(caller, "attachment.begin", Some((Kind::Patient, patient.cast()))))?;
        if upload.size == 0 {
            return self.finish(caller, &upload, &announced);
        }
        Ok(view(&upload, &announced))
    }

    /// Takes the next piece. One that was received before is accepted again.
    ///
    /// # Errors
    /// [`AppError::WrongOffset`], [`AppError::ContentMismatch`], [`AppError::UnsupportedMediaType`],
    /// [`AppError::NotFound`].
    pub fn continue_attachment(
        &self,
        caller: &Caller,
        id: AttachmentId,
        offset: u64,
        whole: Option<u64>,
        bytes: &[u8],
    ) -> AppResult<View> {
        let _guard = self.store.lock_document(id.cast());
        let Some((upload, announced)) = self.own_upload(caller, id)? else {
            return self.sent_before(caller, id);
        };
        let end = offset + bytes.len() as u64;
        if offset > upload.received {
            return Err(AppError::WrongOffset { expected: upload.received });
        }
        if whole.is_some_and(|whole| whole != upload.size) || end > upload.size {
            return Err(AppError::ContentMismatch);
        }
        let known = usize::try_from(upload.received - offset).unwrap_or(usize::MAX).min(bytes.len());
        let received = self.store.continue_upload(upload.id, upload.received, &bytes[known..]);
        let received = received.map_err(|error| match error {
            posto_store::Error::UploadOffset { expected, .. } => AppError::WrongOffset { expected },
            other => other.into(),
        })?;
        let upload = UploadState { received, ..upload };
        if received == upload.size {
            self.finish(caller, &upload, &announced)
        } else {
            Ok(view(&upload, &announced))
        }
    }

    /// The last piece again, because its answer was lost.
    fn sent_before(&self, caller: &Caller, id: AttachmentId) -> AppResult<View> {
        let attachment = self.find_attachment(caller, Action::Read, id)?;
        self.attachment_view(&attachment)
    }

    fn finish(&self, caller: &Caller, upload: &UploadState, announced: &Announced) -> AppResult<View> {
        let id = AttachmentId::from_bytes(upload.id);
        let whole = self.store.whole_upload(upload.id)?;
        let size_bytes = i64::try_from(upload.size).unwrap_or(i64::MAX);
        // What the content is, whatever its name says.
        let Some(mime) = media_type(&whole.content.read(0, 8_192)?, &announced.media_type) else {
            self.store.cancel_upload(upload.id)?;
            return Err(AppError::UnsupportedMediaType);
        };
        let attachment = Attachment {
            id,
            patient: Some(announced.patient),
            subject: None,
            name: announced.name.clone(),
            mime,
            size_bytes,
            blake3: hex::encode(whole.hash.0),
            category: None,
            title: announced.title.clone(),
            taken_at_ms: None,
            uploaded_by: Some(caller.user()),
            uploaded_at_ms: Some(self.pen.now_ms() as i64),
            deleted: false,
            external_ids: Entries::new(),
            foreign: Default::default(),
        };
        let entry =
            self.audit_entry(Access::of(caller, "attachment.create", Some((Kind::Attachment, id.cast()))));
        // The record and its content, or neither: without room for the record the upload stays, and its end can be repeated.
        let end = move |tx: &WriteTx<'_>| tx.finish_upload(&whole);
        self.create_with(caller.user(), self.clinic_scope(), &attachment, entry, end)?;
        if let Err(error) = self.store.remove_unneeded_files() {
            tracing::warn!(%error, "a file that is here twice stays for now");
        }
        self.board.nudge(NodeNudge::Blobs);
        self.attachment_view(&attachment)
    }

    pub(super) fn upload_view(&self, caller: &Caller, id: AttachmentId) -> AppResult<Option<View>> {
        Ok(self.own_upload(caller, id)?.map(|(upload, announced)| view(&upload, &announced)))
    }

    /// Gives an upload up; whether there was one.
    pub(super) fn cancel_upload(&self, caller: &Caller, id: AttachmentId) -> AppResult<bool> {
        let Some((upload, _)) = self.own_upload(caller, id)? else { return Ok(false) };
        self.store.cancel_upload(upload.id)?;
        self.audit(Access::of(caller, "attachment.cancel", None))?;
        Ok(true)
    }

    /// An upload of the caller's own; somebody else's does not exist for them.
    fn own_upload(&self, caller: &Caller, id: AttachmentId) -> AppResult<Option<(UploadState, Announced)>> {
        let upload = match self.store.upload(id.to_bytes()) {
            Ok(upload) => upload,
            Err(posto_store::Error::NoSuchBlob) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Ok(announced) = serde_json::from_str::<Announced>(&upload.body) else { return Ok(None) };
        Ok((announced.by == caller.user()).then_some((upload, announced)))
    }
}

fn view(upload: &UploadState, announced: &Announced) -> View {
    View {
        id: AttachmentId::from_bytes(upload.id).to_string(),
        patient_id: announced.patient.to_string(),
        name: announced.name.clone(),
        size: upload.size,
        media_type: announced.media_type.clone(),
        description: announced.title.clone(),
        hash: None,
        state: AttachmentState::Uploading,
        received: upload.received,
        created_at: instant(upload.started_ms),
        has_preview: false,
    }
}

/// The name without folders and control characters.
fn file_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?;
    let clean: String = last.chars().filter(|letter| !letter.is_control()).take(NAME_MAX).collect();
    let clean = clean.trim().trim_start_matches('.').to_owned();
    (!clean.is_empty()).then_some(clean)
}

#[cfg(test)]
mod tests {
    use posto_api::ErrorCode;
    use posto_sync::node::{NodeAnswer, NodeRequest};

    use super::*;
    use crate::app::testing::{open, patient};

    fn announce(app: &App, size: usize, media_type: &str) -> AttachmentId {
        let request = serde_json::json!({
            "patient_id": patient(app).to_string(), "name": "exame", "size": size, "media_type": media_type,
        });
        let request: StartAttachment = serde_json::from_value(request).unwrap();
        app.start_attachment(&Caller::operator(app), request).unwrap().id.parse().unwrap()
    }

    fn send(app: &App, id: AttachmentId, bytes: &[u8]) -> Result<View, ErrorCode> {
        app.continue_attachment(&Caller::operator(app), id, 0, None, bytes).map_err(|error| error.code())
    }

    #[test]
    fn a_whole_upload_for_whose_record_there_is_no_room_is_kept_and_ended_later() {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path());
        let id = announce(&app, 12, "text/plain");
        // The database may not grow any more; what room there is within it is soon used.
        app.store.limit_size_for_test(1).unwrap();
        let row = app.audit_entry(Access::of(&Caller::operator(&app), "patient.read", None));
        let fill = |row| app.store.write(move |tx| tx.audit(&row));
        let refused = (0..1_000).find_map(|_| fill(row.clone()).err());
        assert!(matches!(refused, Some(posto_store::Error::DiskFull)), "{refused:?}");
        for _ in 0..2 {
            assert_eq!(send(&app, id, b"twelve bytes"), Err(ErrorCode::StorageUnavailable));
            assert_eq!(app.store.upload(id.to_bytes()).unwrap().received, 12, "all bytes have arrived");
        }
        app.store.limit_size_for_test(1 << 20).unwrap();
        assert_eq!(send(&app, id, b"twelve bytes").unwrap().state, AttachmentState::Ready);
    }

    #[test]
    fn an_upload_whose_file_is_gone_says_where_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path());
        let id = announce(&app, 12, "text/plain");
        assert_eq!(send(&app, id, b"twelve").unwrap().received, 6);
        std::fs::remove_dir_all(folder.path().join("blobs")).unwrap();
        let answer = app.continue_attachment(&Caller::operator(&app), id, 6, None, b" bytes");
        assert!(matches!(answer, Err(AppError::WrongOffset { expected: 0 })), "{answer:?}");
        assert_eq!(send(&app, id, b"twelve bytes").unwrap().state, AttachmentState::Ready);
    }

    #[test]
    fn nothing_stays_of_a_content_that_is_not_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path());
        let program = [&b"\x7fELF\x02\x01\x01"[..], &[0; 57]].concat();
        let id = announce(&app, program.len(), "image/png");
        assert_eq!(send(&app, id, &program), Err(ErrorCode::UnsupportedMediaType));
        assert_eq!(send(&app, id, &program), Err(ErrorCode::NotFound));
        let NodeAnswer::ListBlobs(work) = app.store.answer(NodeRequest::ListBlobs).unwrap() else { panic!() };
        assert!(work.upload.is_empty(), "the server need not know of it");
        assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 0);
    }

    #[test]
    fn names_lose_folders_and_tricks() {
        assert_eq!(file_name("C:\\temp\\exame.pdf").as_deref(), Some("exame.pdf"));
        assert_eq!(file_name("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(file_name("a\r\nb.txt").as_deref(), Some("ab.txt"));
        assert_eq!(file_name(".."), None);
    }
}
