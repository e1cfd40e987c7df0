//! Taking a decision back: another of the competing values is written as a new edit, and the history keeps all.

use posto_api::conflict::{Conflict, UndoConflict};
use posto_documents::Path;
use posto_domain::conflict_task::{CompetingValue, ConflictTask};
use posto_domain::policy::{Action, ResourceKind};
use posto_store::LocalCommit;
use serde_json::Value;

use super::super::audit::Access;
use super::super::sessions::OpenSession;
use super::super::{App, AppError, AppResult};
use super::{ConflictId, subject_kind};

impl App {
    /// Takes a decision back that the caller made in this session.
    ///
    /// # Errors
    /// [`AppError::AlreadyDone`] when the field was changed since; [`AppError::Forbidden`] for another's decision and
    /// one of an earlier session; [`AppError::Validation`] unless the value to restore is clear;
    /// [`AppError::NotFound`].
    pub fn undo_conflict(
        &self,
        session: &OpenSession,
        id: ConflictId,
        request: &UndoConflict,
    ) -> AppResult<Conflict> {
        let caller = &session.caller;
        let found = self.find_task(id)?;
        let critical = found.as_ref().is_some_and(|task| task.safety_critical);
        let resource = self.resource(ResourceKind::ConflictTask).safety_critical(critical);
        let record = found.as_ref().map(|task| (subject_kind(task), task.subject));
        self.authorize(caller, Action::Resolve, &resource, record)?;
        let task = found.ok_or(AppError::NotFound)?;
        self.authorize_subject(caller, task.subject, subject_kind(&task))?;
        self.authorize_deciding(caller, task.subject, subject_kind(&task), &task.path)?;
        if !self.decided_in(session, &task)? {
            return Err(AppError::Forbidden);
        }
        let value = restored(&task, request.choice.as_deref())?;
        let task = self.write_undo(session, &task, &value)?;
        self.task_view(&task, session)
    }

    /// Whether somebody decided this in this session.
    pub(super) fn decided_in(&self, session: &OpenSession, task: &ConflictTask) -> AppResult<bool> {
        if task.resolved_by != Some(session.caller.user()) {
            return Ok(false);
        }
        let row = self.store.read(|r| r.session(&session.token_hash))?;
        Ok(row.is_some_and(|row| task.resolved_at_ms.is_some_and(|at_ms| at_ms >= row.created_ms as i64)))
    }

    fn write_undo(
        &self,
        session: &OpenSession,
        task: &ConflictTask,
        value: &CompetingValue,
    ) -> AppResult<ConflictTask> {
        let user = session.caller.user();
        let path: Path = task.path.parse().map_err(|_| AppError::NotFound)?;
        let _guard = self.store.lock_documents(&[task.subject, task.id]);
        let mut subject = self.store.read(|r| r.open(task.subject))?;
        // Somebody wrote there since: what they know must not be overwritten by an undo.
        let is_contested = subject.document.conflicts()?.iter().any(|open| open.path == path);
        if is_contested || standing(&subject.document.value()?, &path) != parsed(task.resolution.as_deref()) {
            return Err(AppError::AlreadyDone);
        }
        let restored = parsed(Some(&value.value));
        let context = self.pen.context_on(user, &subject.document);
        let change = subject.document.resolve(&context, &path, Some(&restored).filter(|v| !v.is_null()))?;
        let edited = change.map(|change| LocalCommit::edit(&subject, vec![change])).transpose()?;

        let mut opened = self.store.read(|r| r.open(task.id))?;
        let context = self.pen.context_on(user, &opened.document);
        let change = opened.document.edit::<ConflictTask, AppError>(None, &context, |task| {
            task.resolution = Some(value.value.clone());
            task.resolved_at_ms = Some(self.pen.now_ms() as i64);
            Ok(())
        })?;
        let remembered = change.map(|change| LocalCommit::edit(&opened, vec![change])).transpose()?;
        let access = Access::of(&session.caller, "conflict.undo", Some((subject_kind(task), task.subject)));
        let entry = self.audit_entry(access.detail(task.path.as_str()));
        self.store.write(move |tx| {
            for commit in [edited, remembered].into_iter().flatten() {
                tx.commit_local(commit)?;
            }
            tx.audit(&entry)
        })?;
        Ok(opened.document.record()?)
    }
}

/// The value that is written again: the one named, or the only one that was not chosen.
fn restored(task: &ConflictTask, choice: Option<&str>) -> AppResult<CompetingValue> {
    let mut others = task.values.values().filter(|value| match choice {
        Some(choice) => value.change == choice,
        None => task.resolution.as_ref() != Some(&value.value),
    });
    match (others.next(), others.next(), choice) {
        (Some(value), None, _) => Ok(value.clone()),
        (_, _, Some(_)) => Err(AppError::field("choice", "unknown")),
        (_, _, None) => Err(AppError::field("choice", "required")),
    }
}

fn parsed(json: Option<&str>) -> Value {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// What stands at a place of a record; null where nothing does.
fn standing(record: &Value, path: &Path) -> Value {
    let found = path.0.iter().try_fold(record, |value, key| value.get(key));
    found.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use posto_domain::conflict_task::ConflictStatus;
    use posto_domain::{DocumentId, EntryKey, UserId};
    use serde_json::json;

    use super::*;

    fn task(values: &[&str], resolution: &str) -> ConflictTask {
        let value = |(at, text): (usize, &&str)| {
            let value = CompetingValue {
                value: (*text).to_owned(),
                author: UserId::SYSTEM,
                written_at_ms: 0,
                change: format!("change-{at}"),
            };
            (EntryKey::from_bytes([at as u8; 16]), value)
        };
        ConflictTask {
            id: DocumentId::from_bytes([1; 16]),
            subject: DocumentId::from_bytes([2; 16]),
            subject_kind: 1,
            path: "birth_date".into(),
            safety_critical: false,
            status: ConflictStatus::Resolved,
            values: values.iter().enumerate().map(value).collect(),
            resolution: Some(resolution.into()),
            resolved_by: None,
            resolved_at_ms: None,
        }
    }

    #[test]
    fn the_other_of_two_values_is_clear_and_of_three_it_is_said() {
        let two = task(&["\"a\"", "\"b\""], "\"a\"");
        assert_eq!(restored(&two, None).unwrap().value, "\"b\"");
        assert_eq!(restored(&two, Some("change-0")).unwrap().value, "\"a\"");
        assert!(restored(&two, Some("change-9")).is_err());
        assert!(restored(&task(&["\"a\"", "\"b\"", "\"c\""], "\"a\""), None).is_err());
        assert!(restored(&task(&["\"a\"", "\"b\""], "\"typed\""), None).is_err());
    }

    #[test]
    fn what_stands_at_a_place_is_null_where_nothing_does() {
        let record = json!({"phones": {"01X": {"number": "1"}}});
        let at = |path: &str| standing(&record, &path.parse().unwrap());
        assert_eq!(at("phones.01X.number"), json!("1"));
        assert_eq!((at("phones.01Y.number"), at("tags")), (Value::Null, Value::Null));
    }
}
