//! Fields with competing values, and the person who decides them.
//!
//! Open conflicts are read off the records themselves; a decision is written into the record, and a task
//! document remembers it with both values. Every node derives the same id from record and path, so one conflict
//! is one task wherever it is found.

mod closed;
mod decide;
mod undo;

use std::fmt;
use std::str::FromStr;

use posto_api::Page;
use posto_api::conflict::{Conflict, ConflictState, ConflictValue};
use posto_domain::conflict_task::{ConflictStatus, ConflictTask};
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::{DocumentId, Kind, PatientId};
use posto_store::FieldConflict;

use super::audit::Access;
use super::page::{PageRequest, map};
use super::sessions::OpenSession;
use super::time::signed_instant;
use super::{App, AppError, AppResult};

/// Which conflicts a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConflictFilter {
    state: ConflictState,
    patient: Option<PatientId>,
}

impl ConflictFilter {
    /// Reads the parameters of a list.
    ///
    /// # Errors
    /// [`AppError::InvalidRequest`].
    pub fn parse(state: Option<&str>, patient: Option<&str>) -> AppResult<Self> {
        let state = match state {
            None | Some("open") => ConflictState::Open,
            Some("resolved") => ConflictState::Resolved,
            Some(_) => return Err(AppError::InvalidRequest),
        };
        let patient = patient.map(str::parse).transpose().map_err(|_| AppError::InvalidRequest)?;
        Ok(Self { state, patient })
    }
}

/// A conflict's id: of its task document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConflictId(DocumentId);

impl ConflictId {
    /// The id that every node derives for this field of this record, and for these competing changes: a field that
    /// is in conflict again is another conflict.
    pub(crate) fn of(conflict: &FieldConflict) -> Self {
        let mut hash = blake3::Hasher::new();
        hash.update(b"posto-conflict/1");
        hash.update(&conflict.document.to_bytes());
        hash.update(conflict.path.as_bytes());
        let mut changes: Vec<&str> = conflict.values.iter().map(|value| value.change.as_str()).collect();
        changes.sort_unstable();
        for change in changes {
            hash.update(change.as_bytes());
        }
        let mut id = [0; 16];
        id.copy_from_slice(&hash.finalize().as_bytes()[..16]);
        Self(DocumentId::from_bytes(id))
    }
}

impl fmt::Display for ConflictId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ConflictId {
    type Err = posto_domain::id::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Open conflicts that are looked through for one: far more than people ever leave open.
const OPEN_MAX: usize = 10_000;

impl App {
    /// Conflicts, safety-critical ones first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn list_conflicts(
        &self,
        session: &OpenSession,
        filter: &ConflictFilter,
        page: &PageRequest,
    ) -> AppResult<Page<Conflict>> {
        let caller = &session.caller;
        self.authorize(caller, Action::Read, &self.resource(ResourceKind::ConflictTask), None)?;
        let listed = match filter.state {
            ConflictState::Open => {
                let mut open = match filter.patient {
                    Some(patient) => self.store.read(|r| r.conflicts_of(patient.cast()))?,
                    None => self.store.read(|r| r.conflicts(0, OPEN_MAX))?,
                };
                let closed = self.closed_subjects(caller, open.iter().map(|one| (one.document, one.kind)))?;
                open.retain(|conflict| !closed.contains(&conflict.document));
                map(page.cut(open), |conflict| self.open_view(&conflict))
            }
            ConflictState::Resolved => {
                let mut tasks = match filter.patient {
                    Some(patient) => self.store.read(|r| r.conflict_tasks_of(patient.cast()))?,
                    None => self.store.read(|r| r.conflict_tasks(ConflictStatus::Resolved.as_str()))?,
                };
                tasks.retain(|task| task.status == ConflictStatus::Resolved);
                let subjects = tasks.iter().map(|task| (task.subject, subject_kind(task)));
                let closed = self.closed_subjects(caller, subjects)?;
                tasks.retain(|task| !closed.contains(&task.subject));
                tasks.sort_by_key(|task| std::cmp::Reverse(task.resolved_at_ms));
                map(page.cut(tasks), |task| self.task_view(&task, session))
            }
        }?;
        self.audit(Access::of(caller, "conflict.list", filter.patient.map(|id| (Kind::Patient, id.cast()))))?;
        Ok(listed)
    }

    /// One conflict, open or decided.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`].
    pub fn read_conflict(&self, session: &OpenSession, id: ConflictId) -> AppResult<Conflict> {
        let caller = &session.caller;
        self.authorize(caller, Action::Read, &self.resource(ResourceKind::ConflictTask), None)?;
        let view = match self.find_open(id)? {
            Some(conflict) => self.open_view(&conflict)?,
            None => self.task_view(&self.find_task(id)?.ok_or(AppError::NotFound)?, session)?,
        };
        let record = view.document_id.parse().ok().zip(Kind::from_name(&view.document_kind));
        if let Some((id, kind)) = record {
            self.authorize_subject(caller, id, kind)?;
        }
        self.audit(Access::of(caller, "conflict.read", record.map(|(id, kind)| (kind, id))))?;
        Ok(view)
    }

    fn find_open(&self, id: ConflictId) -> AppResult<Option<FieldConflict>> {
        let open = self.store.read(|r| r.conflicts(0, OPEN_MAX))?;
        Ok(open.into_iter().find(|conflict| ConflictId::of(conflict) == id))
    }

    fn find_task(&self, id: ConflictId) -> AppResult<Option<ConflictTask>> {
        Ok(self.store.read(|r| r.record_row(id.0))?)
    }

    fn open_view(&self, conflict: &FieldConflict) -> AppResult<Conflict> {
        let last = conflict.values.len().saturating_sub(1);
        let mut values = Vec::with_capacity(conflict.values.len());
        for (at, value) in conflict.values.iter().enumerate() {
            values.push(ConflictValue {
                choice: value.change.clone(),
                value: value.value.clone(),
                author: self.author(value.author)?,
                at: signed_instant(value.time_ms),
                current: at == last,
            });
        }
        Ok(Conflict {
            id: ConflictId::of(conflict).to_string(),
            document_id: conflict.document.to_string(),
            document_kind: conflict.kind.name().to_owned(),
            patient_name: self.subject_name(conflict.document, conflict.kind)?,
            path: conflict.path.clone(),
            safety_critical: conflict.safety_critical,
            state: ConflictState::Open,
            values,
            detected_at: signed_instant(conflict.at_ms),
            resolved_by: None,
            resolved_at: None,
            can_undo: false,
        })
    }

    /// A decided conflict, as somebody in `session` sees it.
    fn task_view(&self, task: &ConflictTask, session: &OpenSession) -> AppResult<Conflict> {
        let mut values = Vec::with_capacity(task.values.len());
        for value in task.values.values() {
            let is_chosen = task.resolution.as_ref() == Some(&value.value);
            values.push(ConflictValue {
                choice: value.change.clone(),
                value: serde_json::from_str(&value.value).unwrap_or_default(),
                author: self.author(Some(value.author))?,
                at: signed_instant(value.written_at_ms),
                current: is_chosen,
            });
        }
        let kind = subject_kind(task);
        let detected_ms = task.values.values().map(|value| value.written_at_ms).max().unwrap_or_default();
        Ok(Conflict {
            id: task.id.to_string(),
            document_id: task.subject.to_string(),
            document_kind: kind.name().to_owned(),
            patient_name: self.subject_name(task.subject, kind)?,
            path: task.path.clone(),
            safety_critical: task.safety_critical,
            state: ConflictState::Resolved,
            values,
            detected_at: signed_instant(detected_ms),
            resolved_by: task.resolved_by.map(|by| self.author(Some(by))).transpose()?,
            resolved_at: task.resolved_at_ms.map(signed_instant),
            can_undo: self.decided_in(session, task)?,
        })
    }

    fn subject_name(&self, subject: DocumentId, kind: Kind) -> AppResult<Option<String>> {
        if kind != Kind::Patient {
            return Ok(None);
        }
        Ok(self.store.read(|r| r.patient_row(subject.cast()))?.map(|row| row.name))
    }
}

/// The kind of the record that a task is about.
fn subject_kind(task: &ConflictTask) -> Kind {
    u16::try_from(task.subject_kind).map_or(Kind::Unknown(0), Kind::from_code)
}
