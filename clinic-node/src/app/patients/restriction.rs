//! Records that only the patient's own team opens: who decides that, and what others see.

use posto_domain::policy::{Action, Decision, ResourceKind};
use posto_domain::{LocationId, Patient, PatientId, UserId};
use serde_json::Value;

use super::super::{App, AppResult, Caller};
use super::is_true;

const RESTRICTED: &str = "restricted";
const BY: &str = "restricted_by";

impl App {
    /// Whether ordinary work opens this record to the caller. Lists ask; what opens a record authorises.
    pub(crate) fn is_open_to(&self, caller: &Caller, id: PatientId) -> AppResult<bool> {
        // A record that cannot be read is closed.
        let Ok(patient) = self.store.read(|r| r.record::<Patient>(id.cast())) else { return Ok(false) };
        let resource = self.patient_facts(id, Some(&patient));
        Ok(self.decide(caller, Action::Read, &resource)? == Decision::Allow)
    }

    /// Whether the caller's work opens unrestricted records of every place.
    pub(super) fn opens_every_place(&self, caller: &Caller) -> AppResult<bool> {
        let nowhere = self.resource(ResourceKind::Patient).at(Some(LocationId::NIL));
        Ok(self.policies()?.authorize(&caller.actor, Action::Read, &nowhere) == Decision::Allow)
    }

    /// Whether the caller may see files of patients at all.
    pub(super) fn may_see_files(&self, caller: &Caller, id: PatientId) -> AppResult<bool> {
        let files = self.patient_resource(ResourceKind::Attachment, id);
        Ok(self.decide(caller, Action::Read, &files)? == Decision::Allow)
    }
}

/// Writes down who restricted a record: never what the client says.
pub(super) fn stamp(caller: UserId, before: &Value, after: &mut Value) {
    let (was, is) = (is_true(before, RESTRICTED), is_true(after, RESTRICTED));
    let Some(fields) = after.as_object_mut() else { return };
    if !is && fields.get(RESTRICTED) == Some(&Value::Bool(false)) {
        // Absent means no, in every record.
        fields.shift_remove(RESTRICTED);
    }
    let by = match (was, is) {
        (false, true) => Some(Value::String(caller.to_string())),
        (true, false) => None,
        _ => before.get(BY).cloned(),
    };
    match by {
        Some(by) => drop(fields.insert(BY.to_owned(), by)),
        None => drop(fields.shift_remove(BY)),
    }
}

/// Whether an edit restricts a record, lifts that, or says who is in charge of a restricted one.
pub(super) fn decides_restriction(paths: &[String], is_restricted: bool) -> bool {
    paths.iter().any(|path| is_about_it(path) || (is_restricted && path == "managing_practitioner"))
}

/// Whether an edit does nothing else.
pub(super) fn is_restriction_alone(paths: &[String]) -> bool {
    !paths.is_empty() && paths.iter().all(|path| is_about_it(path))
}

/// The word of the audit trail for an edit.
pub(super) fn action_of(paths: &[String], after: &Value) -> &'static str {
    match (is_restriction_alone(paths), is_true(after, RESTRICTED)) {
        (true, true) => "patient.restrict",
        (true, false) => "patient.unrestrict",
        (false, _) => "patient.update",
    }
}

fn is_about_it(path: &str) -> bool {
    path == RESTRICTED || path == BY
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_restricted_a_record_is_written_by_the_node_and_goes_with_it() {
        let me = UserId::from_bytes([1; 16]);
        let open = json!({"id": "x"});
        let mut after = json!({"id": "x", "restricted": true, "restricted_by": "somebody"});
        stamp(me, &open, &mut after);
        assert_eq!(after["restricted_by"], me.to_string());
        let closed = after.clone();
        let mut other = json!({"id": "x", "restricted": true, "restricted_by": "somebody else"});
        stamp(UserId::from_bytes([2; 16]), &closed, &mut other);
        assert_eq!(other, closed, "an edit by another does not make them the one");
        let mut lifted = json!({"id": "x", "restricted": false, "restricted_by": me.to_string()});
        stamp(me, &closed, &mut lifted);
        assert_eq!(lifted, open);
    }

    #[test]
    fn an_edit_of_who_is_in_charge_decides_for_restricted_records_only() {
        let paths = ["managing_practitioner".to_owned()];
        assert!(decides_restriction(&paths, true));
        assert!(!decides_restriction(&paths, false));
        assert!(!is_restriction_alone(&paths));
        assert!(!is_restriction_alone(&[]));
    }
}
