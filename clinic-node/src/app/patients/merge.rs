//! Joining two records of one person, and taking it back.

use posto_api::patient::Patient as View;
use posto_documents::Document;
use posto_domain::merge::{MergeOrder, MergeRefusal, plan, plan_undo};
use posto_domain::merge_record::{MergeRecord, MergeStatus};
use posto_domain::policy::Action;
use posto_domain::{DocumentId, Kind, PatientId, Record};
use posto_store::{LocalCommit, OpenDocument};

use super::super::audit::Access;
use super::super::{App, AppError, AppResult, Caller};

impl From<MergeRefusal> for AppError {
    fn from(_: MergeRefusal) -> Self {
        Self::MergeRefused
    }
}

impl App {
    /// Joins `other` into `id`, which goes on.
    ///
    /// # Errors
    /// [`AppError::MergeRefused`], [`AppError::NotFound`], [`AppError::Forbidden`].
    pub fn merge_patients(&self, caller: &Caller, id: PatientId, other: &str) -> AppResult<View> {
        let other: PatientId = other.parse().map_err(|_| AppError::NotFound)?;
        let order = MergeOrder {
            id: self.pen.id(),
            by: caller.user(),
            at_ms: self.pen.now_ms() as i64,
            reason: None,
        };
        let _guard = self.store.lock_documents(&[id.cast(), other.cast()]);
        let mut survivor = self.open_patient(caller, Action::Merge, id)?;
        let mut retired = self.open_patient(caller, Action::Merge, other)?;
        let planned =
            plan(&survivor.document.record()?, &retired.document.record()?, order, || self.pen.id())?;
        let first = Document::first_change(&self.pen.context(caller.user()), &planned.record)?;
        let commits = vec![
            self.set(caller, &mut survivor, planned.survivor)?,
            self.set(caller, &mut retired, planned.retired)?,
            Some(LocalCommit::create(self.clinic_scope(), &planned.record, first)?),
        ];
        self.commit_merge(caller, "patient.merge", (id, other), commits)?;
        self.patient_view(id, &survivor.document, None)
    }

    /// Separates `other` from `id` again. What somebody changed since stays.
    ///
    /// # Errors
    /// As [`Self::merge_patients`].
    pub fn unmerge_patients(&self, caller: &Caller, id: PatientId, other: &str) -> AppResult<View> {
        let other: PatientId = other.parse().map_err(|_| AppError::NotFound)?;
        let seen = self.patient_document(id)?;
        self.authorize_patient(caller, Action::Unmerge, &seen, id)?;
        let merges: Vec<MergeRecord> = self.store.read(|r| r.merges_into(id))?;
        let is_meant = |merge: &&MergeRecord| merge.retired == other && merge.status == MergeStatus::Merged;
        let merge = merges.iter().rfind(is_meant).ok_or(AppError::MergeRefused)?;
        let _guard = self.store.lock_documents(&[id.cast(), other.cast(), merge.id]);
        let mut survivor = self.open_patient(caller, Action::Unmerge, id)?;
        let mut retired = self.open_patient(caller, Action::Unmerge, other)?;
        let mut record = self.store.read(|r| r.open(merge.id))?;
        let planned = plan_undo(
            &survivor.document.record()?,
            &retired.document.record()?,
            &record.document.record()?,
            caller.user(),
            self.pen.now_ms() as i64,
        )?;
        let commits = vec![
            self.set(caller, &mut survivor, planned.survivor)?,
            self.set(caller, &mut retired, planned.retired)?,
            self.set(caller, &mut record, planned.record)?,
        ];
        self.commit_merge(caller, "patient.unmerge", (id, other), commits)?;
        self.patient_view(id, &survivor.document, None)
    }

    fn open_patient(&self, caller: &Caller, action: Action, id: PatientId) -> AppResult<OpenDocument> {
        let opened = self.store.read(|r| r.open(id.cast()))?;
        if opened.document.kind() != Kind::Patient {
            return Err(AppError::NotFound);
        }
        self.authorize_patient(caller, action, &opened.document, id)?;
        Ok(opened)
    }

    /// Makes a document say `record`.
    fn set<R: Record>(
        &self,
        caller: &Caller,
        opened: &mut OpenDocument,
        record: R,
    ) -> AppResult<Option<LocalCommit>> {
        let context = self.pen.context_on(caller.user(), &opened.document);
        let change = opened.document.edit::<R, posto_documents::Error>(None, &context, |now| {
            *now = record;
            Ok(())
        })?;
        Ok(change.map(|change| LocalCommit::edit(opened, vec![change])).transpose()?)
    }

    fn commit_merge(
        &self,
        caller: &Caller,
        action: &str,
        (id, other): (PatientId, PatientId),
        commits: Vec<Option<LocalCommit>>,
    ) -> AppResult<()> {
        let entries = [id, other].map(|patient| {
            let record: DocumentId = patient.cast();
            self.audit_entry(Access::of(caller, action, Some((Kind::Patient, record))))
        });
        self.store.write(move |tx| {
            for commit in commits.into_iter().flatten() {
                tx.commit_local(commit)?;
            }
            entries.iter().try_for_each(|entry| tx.audit(entry).map(|_| ()))
        })?;
        Ok(())
    }
}
