//! What every record has: a kind and its own id.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::id::DocumentId;
use crate::kind::Kind;

/// A typed record. Its serde form is the root map of its document.
pub trait Record: Serialize + DeserializeOwned + Clone + PartialEq {
    /// The kind of its documents.
    const KIND: Kind;

    /// Its own id, stored in the record: it makes every first change unique.
    fn document_id(&self) -> DocumentId;
}

/// Implements [`Record`] for a struct with an `id` field of an id newtype.
macro_rules! record {
    ($name:ty, $kind:expr) => {
        impl crate::record::Record for $name {
            const KIND: crate::kind::Kind = $kind;
            fn document_id(&self) -> crate::id::DocumentId {
                self.id.cast()
            }
        }
    };
}

pub(crate) use record;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::EntryKey;
    use crate::patient::Patient;

    /// A newer version's values must come back out of an older one as they went in.
    #[test]
    fn values_this_version_does_not_know_round_trip() {
        let key = EntryKey::from_bytes([2; 16]).to_string();
        let record = json!({
            "id": DocumentId::from_bytes([1; 16]),
            "birth_date": "in spring",
            "sex": "undisclosed",
            "marital_status": "it is complicated",
            "preferred_channel": "pigeon",
            "phones": { &key: { "number": "1", "kind": "satellite" } },
            "allergies": { &key: { "substance": "x", "status": "suspected", "criticality": "extreme" } },
        });
        let patient: Patient = serde_json::from_value(record.clone()).unwrap();
        assert_eq!(serde_json::to_value(&patient).unwrap(), record);
    }

    /// What is not there is not written: `null` would compete with somebody's edit.
    #[test]
    fn nothing_is_written_for_what_is_not_known() {
        let id = crate::PatientId::from_bytes([1; 16]);
        assert_eq!(serde_json::to_value(Patient::new(id)).unwrap(), json!({ "id": id }));
    }
}
