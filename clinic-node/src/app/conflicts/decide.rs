//! Deciding a conflict: one of the values or another one, written into the record and remembered as a task.

use posto_api::conflict::{Conflict, ResolveConflict};
use posto_documents::{Document, Path};
use posto_domain::conflict_task::{CompetingValue, ConflictStatus, ConflictTask};
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::{EntryKey, UserId};
use posto_store::{FieldConflict, LocalCommit};
use serde_json::Value;

use super::super::audit::Access;
use super::super::sessions::OpenSession;
use super::super::{App, AppError, AppResult, Caller};
use super::ConflictId;

impl App {
    /// Decides a conflict.
    ///
    /// # Errors
    /// [`AppError::AlreadyDone`] when somebody else did, [`AppError::NotFound`], [`AppError::Forbidden`],
    /// [`AppError::InvalidRequest`] unless exactly one of choice and value is given.
    pub fn resolve_conflict(
        &self,
        session: &OpenSession,
        id: ConflictId,
        decision: ResolveConflict,
    ) -> AppResult<Conflict> {
        let caller = &session.caller;
        let Some(conflict) = self.find_open(id)? else {
            self.authorize(caller, Action::Read, &self.resource(ResourceKind::ConflictTask), None)?;
            return Err(if self.find_task(id)?.is_some() {
                AppError::AlreadyDone
            } else {
                AppError::NotFound
            });
        };
        let resource = self.resource(ResourceKind::ConflictTask).safety_critical(conflict.safety_critical);
        self.authorize(caller, Action::Resolve, &resource, Some((conflict.kind, conflict.document)))?;
        self.authorize_subject(caller, conflict.document, conflict.kind)?;
        self.authorize_deciding(caller, conflict.document, conflict.kind, &conflict.path)?;
        let value = chosen(&conflict, decision)?;
        let task = self.task_of(caller, id, &conflict, &value);
        self.write_decision(caller, &conflict, &task, value)?;
        self.task_view(&task, session)
    }

    fn write_decision(
        &self,
        caller: &Caller,
        conflict: &FieldConflict,
        task: &ConflictTask,
        value: Value,
    ) -> AppResult<()> {
        let path: Path = conflict.path.parse().map_err(|_| AppError::NotFound)?;
        let _guard = self.store.lock_documents(&[conflict.document, task.id]);
        let mut opened = self.store.read(|r| r.open(conflict.document))?;
        if opened.document.conflicts()?.iter().all(|open| open.path != path) {
            return Err(AppError::AlreadyDone);
        }
        let context = self.pen.context_on(caller.user(), &opened.document);
        let change =
            opened.document.resolve(&context, &path, Some(&value).filter(|value| !value.is_null()))?;
        let decided = change.map(|change| LocalCommit::edit(&opened, vec![change])).transpose()?;
        let first = Document::first_change(&self.pen.context(caller.user()), task)?;
        let remembered = LocalCommit::create(self.clinic_scope(), task, first)?;
        let access = Access::of(caller, "conflict.resolve", Some((conflict.kind, conflict.document)));
        let entry = self.audit_entry(access.detail(conflict.path.as_str()));
        self.store.write(move |tx| {
            if let Some(decided) = decided {
                tx.commit_local(decided)?;
            }
            tx.commit_local(remembered)?;
            tx.audit(&entry)
        })?;
        Ok(())
    }

    fn task_of(
        &self,
        caller: &Caller,
        id: ConflictId,
        conflict: &FieldConflict,
        value: &Value,
    ) -> ConflictTask {
        let values = conflict.values.iter().map(|competing| {
            let mut key = [0; 16];
            // The key follows from the change, so that two nodes that decide at once write the same entries.
            let head = competing.change.get(..32).unwrap_or_default();
            if hex::decode_to_slice(head, &mut key).is_err() {
                key.fill(0);
            }
            let value = CompetingValue {
                value: competing.value.to_string(),
                author: competing.author.unwrap_or(UserId::SYSTEM),
                written_at_ms: competing.time_ms,
                change: competing.change.clone(),
            };
            (EntryKey::from_bytes(key), value)
        });
        ConflictTask {
            id: id.0,
            subject: conflict.document,
            subject_kind: i64::from(conflict.kind.code()),
            path: conflict.path.clone(),
            safety_critical: conflict.safety_critical,
            status: ConflictStatus::Resolved,
            values: values.collect(),
            resolution: Some(value.to_string()),
            resolved_by: Some(caller.user()),
            resolved_at_ms: Some(self.pen.now_ms() as i64),
        }
    }
}

/// The value that the person decided for; null removes the field.
fn chosen(conflict: &FieldConflict, decision: ResolveConflict) -> AppResult<Value> {
    match (decision.choice, decision.value) {
        (Some(choice), None) => {
            let value = conflict.values.iter().find(|value| value.change == choice);
            value.map(|value| value.value.clone()).ok_or_else(|| AppError::field("choice", "unknown"))
        }
        (None, Some(value)) if value.is_object() || value.is_array() => {
            Err(AppError::field("value", "not_a_scalar"))
        }
        (None, Some(value)) => Ok(value),
        _ => Err(AppError::InvalidRequest),
    }
}
