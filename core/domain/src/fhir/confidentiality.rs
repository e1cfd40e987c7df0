//! FHIR's security labels and the restricted record.

use serde_json::{Map, Value, json};

const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// "Restricted" and "very restricted".
const CODES: [&str; 2] = ["R", "V"];

/// Whether a resource says of itself that it is not for everybody.
pub(super) fn is_restricted(resource: &Value) -> bool {
    let labels = resource.get("meta").and_then(|meta| meta.get("security")).and_then(Value::as_array);
    labels.is_some_and(|labels| labels.iter().any(is_label))
}

/// A resource's `meta` with the label or without it; what else it says stays.
pub(super) fn marked(meta: Option<&Value>, restricted: bool) -> Option<Value> {
    let mut meta = meta.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut labels = meta.get("security").and_then(Value::as_array).cloned().unwrap_or_default();
    labels.retain(|label| !is_label(label));
    if restricted {
        labels.push(json!({ "system": SYSTEM, "code": CODES[0], "display": "restricted" }));
    }
    replace(&mut meta, labels);
    (!meta.is_empty()).then_some(Value::Object(meta))
}

fn replace(meta: &mut Map<String, Value>, labels: Vec<Value>) {
    // FHIR has no empty lists.
    match labels.is_empty() {
        true => drop(meta.shift_remove("security")),
        false => drop(meta.insert("security".to_owned(), labels.into())),
    }
}

fn is_label(label: &Value) -> bool {
    label.get("system").and_then(Value::as_str) == Some(SYSTEM)
        && label.get("code").and_then(Value::as_str).is_some_and(|code| CODES.contains(&code))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::fhir::{Resource, patient_from, patient_to};
    use crate::id::PatientId;

    #[test]
    fn a_restricted_resource_makes_a_restricted_record_and_lifting_it_takes_the_label_away() {
        let text = json!({
            "resourceType": "Patient", "id": "p1",
            "meta": { "versionId": "7", "security": [
                { "system": SYSTEM, "code": "V" }, { "system": "urn:other", "code": "R" }
            ] },
        });
        let resource = Resource::parse(&text.to_string(), None).unwrap();
        let mut patient = patient_from(PatientId::from_bytes([1; 16]), &resource).unwrap();
        assert!(patient.restricted);
        assert_eq!(patient_to(&patient), resource.text, "nothing was changed, nothing is");
        patient.restricted = false;
        let lifted: Value = serde_json::from_str(&patient_to(&patient)).unwrap();
        let other = json!({ "versionId": "7", "security": [{ "system": "urn:other", "code": "R" }] });
        assert_eq!(lifted["meta"], other);
    }

    #[test]
    fn a_record_that_was_restricted_here_goes_out_with_the_label() {
        let mut patient = crate::Patient::new(PatientId::from_bytes([1; 16]));
        assert!(!patient_to(&patient).contains("security"));
        patient.restricted = true;
        let out: Value = serde_json::from_str(&patient_to(&patient)).unwrap();
        assert!(is_restricted(&out));
        assert!(!is_restricted(&json!({ "meta": { "security": [{ "system": "urn:other", "code": "R" }] } })));
    }
}
