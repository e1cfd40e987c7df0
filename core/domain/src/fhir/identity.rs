//! Which record a resource becomes: identities derived from the source's own.

use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::id::{EntryKey, PatientId, UlidNewtype};
use crate::scope::Scope;

/// A resource by type and name: the `id` it has, or else the full URL it came under, or else a
/// hash of its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceKey {
    pub resource_type: String,
    pub name: String,
}

impl ResourceKey {
    /// A resource by type and name.
    pub fn new(resource_type: impl Into<String>, name: impl Into<String>) -> Self {
        Self { resource_type: resource_type.into(), name: name.into() }
    }

    /// The id of the record that this resource becomes in `scope`: the same on every node.
    pub fn id<T: UlidNewtype>(&self, scope: Scope) -> T {
        derived(&["id", &scope.to_string(), &self.resource_type, &self.name])
    }

    /// The key of an entry made of this resource, or of the `index`th part of its `element`.
    pub fn entry(&self, element: &str, index: usize) -> EntryKey {
        derived(&["entry", &self.resource_type, &self.name, element, &index.to_string()])
    }

    /// The id of the chart document that holds a patient's facts of a year.
    pub fn chart<T: UlidNewtype>(scope: Scope, patient: PatientId, year: i64, part: i64) -> T {
        derived(&["chart", &scope.to_string(), &patient.to_string(), &year.to_string(), &part.to_string()])
    }
}

/// An id out of a hash. The 48 bits of time stay zero: such an id says nothing about when, and the
/// equal beginnings compress to nothing. The 80 bits left make a collision among ten million ids
/// less likely than one in ten thousand million.
fn derived<T: UlidNewtype>(parts: &[&str]) -> T {
    let mut hash = Sha256::new_with_prefix(b"posto/fhir/1");
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes[6..].copy_from_slice(&digest[..10]);
    T::of(bytes)
}

/// The name of a resource that has neither id nor URL.
pub(super) fn content_name(json: &str) -> String {
    Sha256::digest(json.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The resources of one source by the full URLs they came under, to follow references within it.
#[derive(Debug, Clone, Default)]
pub struct Sources(HashMap<String, ResourceKey>);

impl Sources {
    /// Notes where a resource stands. Only needed when the URL does not itself name the resource.
    pub fn note(&mut self, full_url: &str, key: ResourceKey) {
        if self.named(full_url, &key.resource_type).as_ref() != Some(&key) {
            self.0.insert(full_url.to_owned(), key);
        }
    }

    /// Which resource a reference means; `expected` is its type where the reference does not say.
    pub fn resolve(&self, reference: &str, expected: &str) -> Option<ResourceKey> {
        self.0.get(reference).cloned().or_else(|| self.named(reference, expected))
    }

    /// `Patient/1`, `https://…/Patient/1`, `Patient/1/_history/2`, `urn:uuid:…`.
    fn named(&self, reference: &str, expected: &str) -> Option<ResourceKey> {
        for prefix in ["urn:uuid:", "urn:oid:"] {
            if let Some(name) = reference.strip_prefix(prefix) {
                return Some(ResourceKey::new(expected, name));
            }
        }
        let path = reference.split("/_history/").next()?;
        let mut segments = path.rsplit('/');
        let (name, resource_type) = (segments.next()?, segments.next()?);
        let is_type = resource_type.starts_with(|first: char| first.is_ascii_uppercase());
        (is_type && !name.is_empty() && !path.starts_with('#')).then(|| ResourceKey::new(resource_type, name))
    }
}

/// Elements that say whose a resource is, in the order they are asked.
const OWNERS: [&str; 6] = ["patient", "subject", "beneficiary", "for", "individual", "source"];

/// The patient a resource belongs to, if to one.
pub fn patient_of(resource: &Value, sources: &Sources) -> Option<ResourceKey> {
    let owner = |value: &Value, expected: &str| {
        let reference = value.get("reference")?.as_str()?;
        let key = sources.resolve(reference, expected)?;
        (key.resource_type == "Patient").then_some(key)
    };
    for element in OWNERS {
        let Some(value) = resource.get(element) else { continue };
        // A bare UUID under `subject` or `patient` is a patient unless the source says otherwise.
        let expected = if matches!(element, "patient" | "subject" | "beneficiary") { "Patient" } else { "" };
        if let Some(key) = owner(value, expected) {
            return Some(key);
        }
    }
    let participants = resource.get("participant").and_then(Value::as_array)?;
    participants.iter().filter_map(|participant| participant.get("actor")).find_map(|actor| owner(actor, ""))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::id::ClinicId;
    use serde_json::json;

    #[test]
    fn the_same_source_is_the_same_record_on_every_node_of_a_clinic() {
        let scope = Scope::Clinic(ClinicId::from_bytes([1; 16]));
        let other = Scope::Clinic(ClinicId::from_bytes([2; 16]));
        let key = ResourceKey::new("Patient", "1");
        let id: PatientId = key.id(scope);
        assert_eq!(id, key.id(scope));
        assert_ne!(id, key.id(other));
        assert_ne!(id, ResourceKey::new("Practitioner", "1").id(scope));
        assert_eq!(id.to_string().parse(), Ok(id), "it is an ordinary id");
        assert_ne!(key.entry("name", 0), key.entry("name", 1));
    }

    #[test]
    fn references_in_all_their_forms() {
        let mut sources = Sources::default();
        sources.note("urn:uuid:77", ResourceKey::new("Patient", "pat1"));
        let patient = |name: &str| Some(ResourceKey::new("Patient", name));
        for (reference, expected) in [
            ("Patient/1", patient("1")),
            ("https://x.org/fhir/Patient/1", patient("1")),
            ("Patient/1/_history/3", patient("1")),
            ("urn:uuid:5", patient("5")),
            ("urn:uuid:77", patient("pat1")),
            ("#contained", None),
            ("Group/9", None),
        ] {
            let found = patient_of(&json!({"subject": {"reference": reference}}), &sources);
            assert_eq!(found, expected, "{reference}");
        }
    }
}
