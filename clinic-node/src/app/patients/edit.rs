//! Editing a record at the heads that the person saw; a late edit merges.

use posto_api::FieldProblem;
use posto_api::patient::Patient as View;
use posto_documents::{AsOf, ChangeHash, Document};
use posto_domain::conflict::is_safety_critical;
use posto_domain::policy::Action;
use posto_domain::tidy::tidy_changes;
use posto_domain::violation::Violation;
use posto_domain::{Kind, Patient, PatientId};
use serde_json::Value;

use super::super::audit::Access;
use super::super::{App, AppError, AppResult, Caller};
use super::restriction::{action_of, decides_restriction, is_restriction_alone, stamp};
use super::tidy::{difference, merge_patch};

impl App {
    /// Changes a record by a JSON merge patch, made at `heads` and merged with whatever came later.
    ///
    /// # Errors
    /// [`AppError::UnknownHeads`], [`AppError::Validation`], [`AppError::Forbidden`], [`AppError::NotFound`].
    pub fn edit_patient(
        &self,
        caller: &Caller,
        id: PatientId,
        heads: &[ChangeHash],
        patch: &Value,
    ) -> AppResult<View> {
        let Value::Object(patch) = patch else { return Err(AppError::InvalidRequest) };
        let mut patch = patch.clone();
        self.accept(&mut patch);
        let patch = Value::Object(patch);
        let opened = self.change(caller.user(), id.cast(), |document, context| {
            if document.kind() != Kind::Patient {
                return Err(AppError::NotFound);
            }
            let before = document.at(&AsOf::Heads(heads.to_vec()))?;
            let mut after = before.clone();
            merge_patch(&mut after, &patch);
            self.tidy_edit(&before, &mut after)?;
            stamp(caller.user(), &before, &mut after);
            let paths = changed_paths(&before, &after);
            self.check_edit(caller, id, document, (&before, &after), &paths)?;
            let change = document.edit_value(Some(heads), context, &before, &after)?;
            let access = Access::of(caller, action_of(&paths, &after), Some((Kind::Patient, id.cast())));
            Ok((change, self.audit_entry(access.detail(paths.join(" ")))))
        })?;
        self.patient_view(id, &opened.document, None)
    }

    /// Tidies what was typed; what the edit did not touch, and what this version does not know, stays as it is.
    fn tidy_edit(&self, before: &Value, after: &mut Value) -> AppResult<()> {
        let typed = |value: &Value| serde_json::from_value::<Patient>(value.clone());
        let (Ok(old), Ok(new)) = (typed(before), typed(after)) else { return Ok(()) };
        let tidied = tidy_changes(&old, new.clone(), &*self.pack()?);
        if let (Ok(new), Ok(tidied)) = (serde_json::to_value(new), serde_json::to_value(tidied)) {
            merge_patch(after, &difference(&new, &tidied));
        }
        Ok(())
    }

    fn check_edit(
        &self,
        caller: &Caller,
        id: PatientId,
        document: &Document,
        (before, after): (&Value, &Value),
        paths: &[String],
    ) -> AppResult<()> {
        let now: Option<Patient> = document.record().ok();
        let critical = paths.iter().any(|path| {
            let keys: Vec<&str> = path.split('.').collect();
            is_safety_critical(Kind::Patient, &keys)
        });
        let resource = self.patient_facts(id, now.as_ref()).safety_critical(critical);
        let record = Some((Kind::Patient, id.cast()));
        if decides_restriction(paths, resource.restricted) {
            self.authorize(caller, Action::Restrict, &resource, record)?;
        }
        if !is_restriction_alone(paths) {
            self.authorize(caller, Action::Update, &resource, record)?;
        }
        if now.is_some_and(|patient| patient.merged_into.is_some()) {
            return Err(AppError::field("merged_into", "merged"));
        }
        let patient: Patient = serde_json::from_value(after.clone()).map_err(|_| AppError::InvalidRequest)?;
        let mut violations = self.patient_errors(&patient)?;
        // What was wrong before (an import keeps what its source says) must not keep a telephone number from
        // being corrected.
        if let (false, Ok(old)) = (violations.is_empty(), serde_json::from_value::<Patient>(before.clone())) {
            let old = self.patient_errors(&old)?;
            violations.retain(|violation| !old.contains(violation));
        }
        if violations.is_empty() { Ok(()) } else { Err(refusals(violations)) }
    }
}

/// Broken rules as the answer names them.
pub(super) fn refusals(violations: Vec<Violation>) -> AppError {
    let fields =
        violations.into_iter().map(|violation| FieldProblem { path: violation.path, rule: violation.code });
    AppError::Validation(fields.collect())
}

/// Paths of the leaves that differ.
fn changed_paths(before: &Value, after: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    walk(String::new(), Some(before), Some(after), &mut paths);
    paths
}

fn walk(path: String, before: Option<&Value>, after: Option<&Value>, paths: &mut Vec<String>) {
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    match (object(before), object(after)) {
        _ if before == after => {}
        (None, None) => paths.push(path),
        (old, new) => {
            let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
            let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(below, old.get(key), new.get(key), paths);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_name_the_leaves_that_differ() {
        let before = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": {"f": 4}});
        let after = json!({"a": 1, "b": {"c": 5, "d": 3}, "g": "new"});
        assert_eq!(changed_paths(&before, &after), ["b.c", "e.f", "g"]);
        assert!(changed_paths(&before, &before).is_empty());
    }
}
