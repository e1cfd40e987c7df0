//! Builders for documents and their writers.

use posto_documents::{Document, Error, Hlc, NewChange, WriteContext};
use posto_domain::{EntryKey, Patient, PatientId, UserId};
use serde_json::Value;

/// A writer on node `node` at `time_ms`.
pub(crate) fn writer(node: u8, time_ms: i64) -> WriteContext {
    WriteContext {
        actor: [node; 16],
        author: author(node),
        time_ms,
        hlc: Hlc { ms: time_ms, counter: u32::from(node) },
    }
}

pub(crate) fn author(node: u8) -> UserId {
    UserId::from_bytes([node; 16])
}

pub(crate) fn key(n: u8) -> EntryKey {
    EntryKey::from_bytes([n; 16])
}

/// A patient with a name, a telephone, an allergy and a note.
pub(crate) fn patient() -> Patient {
    let mut patient = Patient::new(PatientId::from_bytes([1; 16]));
    patient.name.given = Some("Maria".into());
    patient.name.family = Some("Silva".into());
    patient.phones.insert(key(1), part(serde_json::json!({"number": "+5511987654321"})));
    patient
        .allergies
        .insert(key(2), part(serde_json::json!({"substance": "Penicillin", "criticality": "low"})));
    patient.notes.insert(key(3), part(serde_json::json!({"text": "Prefers mornings."})));
    patient
}

pub(crate) fn part<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub(crate) fn created() -> (Document, NewChange) {
    Document::create(&writer(1, 1_000), &patient()).unwrap()
}

/// Edits the patient and returns the change, which must exist.
pub(crate) fn edit(
    document: &mut Document,
    writer: &WriteContext,
    change: impl FnOnce(&mut Patient),
) -> NewChange {
    document
        .edit::<Patient, Error>(None, writer, |patient| {
            change(patient);
            Ok(())
        })
        .unwrap()
        .unwrap()
}
