//! The table is whole, and it says the same as the records' serde forms.

use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde_json::{Value, json};

use super::*;
use crate::id::{DocumentId, EntryKey};
use crate::record::Record;

#[test]
fn codes_and_names_are_unique_and_lead_back_to_their_kind() {
    let codes: BTreeSet<u16> = KINDS.iter().map(|spec| spec.code).collect();
    let names: BTreeSet<&str> = KINDS.iter().map(|spec| spec.name).collect();
    assert_eq!((codes.len(), names.len()), (KINDS.len(), KINDS.len()));
    for spec in KINDS {
        assert_eq!(Kind::from_code(spec.code), spec.kind);
        assert_eq!(Kind::from_name(spec.name), Some(spec.kind));
        assert_eq!((spec.kind.code(), spec.kind.name()), (spec.code, spec.name));
    }
    assert_eq!(Kind::from_code(9999).code(), 9999);
}

#[test]
fn parents_come_before_children() {
    for spec in KINDS {
        for (index, path) in spec.containers.iter().enumerate() {
            if let Some((parent, _)) = path.rsplit_once('.') {
                assert!(spec.containers[..index].contains(&parent), "{}: {path}", spec.name);
            }
        }
    }
}

#[test]
fn a_star_stands_for_exactly_one_key() {
    assert!(matches_path("notes.*.text", &["notes", "01", "text"]));
    assert!(!matches_path("notes.*.text", &["notes", "01", "title"]));
    assert!(!matches_path("notes.*", &["notes", "01", "text"]));
    assert!(!matches_path("notes.*.text", &["notes", "text"]));
}

/// Learns a struct's field names from what its `Deserialize` asks for.
struct FieldNames<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("only the names are wanted"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(fields);
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn fields<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut names = Vec::new();
    let _ = T::deserialize(FieldNames(&mut names));
    names
}

/// Values that the required fields of any record take.
fn guesses() -> [Value; 3] {
    [json!(DocumentId::from_bytes([1; 16])), json!("x"), json!(1)]
}

/// The least record of a type: each field it cannot do without gets the first guess it takes.
fn least<T: Record>() -> Value {
    fn fits<T: Record>(record: &Value) -> Result<(), String> {
        serde_json::from_value::<T>(record.clone()).map(|_| ()).map_err(|error| error.to_string())
    }
    let mut record = json!({});
    for _ in 0..fields::<T>().len() {
        let Err(error) = fits::<T>(&record) else { break };
        let missing = error.split('`').nth(1).expect("the error names the missing field").to_owned();
        for guess in guesses() {
            record[&missing] = guess;
            if fits::<T>(&record).is_ok_and(|()| true)
                || fits::<T>(&record).is_err_and(|e| e.contains("missing field"))
            {
                break;
            }
        }
    }
    fits::<T>(&record).expect("a least record");
    record
}

/// A container the genesis does not make would be made by two nodes at once, and one of them would lose
/// what it wrote; one that the record does not have would be dead weight in every document.
fn agrees<T: Record>() {
    let spec = T::KIND.spec().expect("a row of the table");
    let least = least::<T>();
    for field in fields::<T>() {
        let mut record = least.clone();
        record[field] = json!({});
        let is_map = serde_json::from_value::<T>(record).is_ok();
        assert_eq!(is_map, spec.containers.contains(&field), "{}: {field}", spec.name);
    }
    for container in spec.containers {
        assert!(fields::<T>().contains(container), "{}: {container}", spec.name);
    }
    for text in spec.texts {
        let (container, _) = text.split_once('.').expect("texts live in containers that the genesis makes");
        assert!(spec.containers.contains(&container), "{}: {text}", spec.name);
    }
    // Empty containers are not part of the serde form: the genesis has made them.
    let record: T = serde_json::from_value(least.clone()).expect("a record");
    let written = serde_json::to_value(&record).expect("JSON");
    assert!(written.as_object().expect("a map").values().all(|value| !value.is_object()), "{}", spec.name);
    assert_eq!(record.document_id(), DocumentId::from_bytes([1; 16]), "{}", spec.name);
}

#[test]
fn the_table_and_the_records_agree_on_containers() {
    agrees::<crate::clinic::Clinic>();
    agrees::<crate::location::Location>();
    agrees::<crate::user::User>();
    agrees::<crate::role_grant::RoleGrant>();
    agrees::<crate::device::Device>();
    agrees::<crate::setting::Setting>();
    agrees::<crate::patient::Patient>();
    agrees::<crate::consent::Consent>();
    agrees::<crate::caregiver_link::CaregiverLink>();
    agrees::<crate::practitioner::Practitioner>();
    agrees::<crate::room::Room>();
    agrees::<crate::chart::Chart>();
    agrees::<crate::attachment::Attachment>();
    agrees::<crate::conflict_task::ConflictTask>();
    agrees::<crate::merge_record::MergeRecord>();
}

#[test]
fn entries_hold_scalars_only() {
    let key = EntryKey::from_bytes([2; 16]).to_string();
    let mut patient = least::<crate::patient::Patient>();
    for collection in ["phones", "allergies", "guardians", "insurances", "documents", "medications", "notes"]
    {
        patient[collection] = json!({ &key: {} });
    }
    // Nothing in an entry is required: one that lost a field in a merge must not close the record.
    assert!(serde_json::from_value::<crate::patient::Patient>(patient).is_ok());
    for names in [
        fields::<crate::parts::Phone>(),
        fields::<crate::patient::Allergy>(),
        fields::<crate::patient::Medication>(),
        fields::<crate::chart::ChartEntry>(),
    ] {
        assert!(!names.is_empty());
    }
    let mut phone = json!({});
    for field in fields::<crate::parts::Phone>() {
        phone[field] = json!({});
        assert!(serde_json::from_value::<crate::parts::Phone>(phone.clone()).is_err(), "{field}");
        phone = json!({});
    }
}

#[test]
fn who_may_write_where() {
    use crate::id::{ClinicId, LocationId, NodeId};
    let clinic = Scope::Clinic(ClinicId::from_bytes([1; 16]));
    let directory = Scope::Directory(ClinicId::from_bytes([1; 16]));
    let local = Scope::Local(NodeId::from_bytes([1; 16]));
    let location = Scope::Location(LocationId::from_bytes([1; 16]));
    assert!(Kind::Patient.node_may_write(clinic));
    assert!(!Kind::Patient.node_may_write(directory) && !Kind::Patient.node_may_write(location));
    assert!(!Kind::User.node_may_write(directory) && !Kind::User.node_may_write(clinic));
    assert!(Kind::User.node_may_write(local) && !Kind::Patient.node_may_write(local));
    // A newer node's kind is taken where nodes write, and kept out of the directory.
    assert!(Kind::Unknown(900).node_may_write(clinic) && !Kind::Unknown(900).node_may_write(directory));
}
