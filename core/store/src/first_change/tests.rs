//! The short way reads what the long way reads, or declines.
#![allow(clippy::unwrap_used)]

use posto_documents::{Document, WriteContext};
use posto_domain::Kind;
use posto_domain::id::UserId;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::record;

fn context() -> WriteContext {
    WriteContext { actor: [3; 16], author: UserId::SYSTEM, time_ms: 5, hlc: Default::default() }
}

/// Without the empty containers, which a record does not have.
fn opened(kind: Kind, bytes: &[u8]) -> Value {
    let mut value = Document::load(kind, [bytes]).unwrap().value().unwrap();
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, field| field.as_object().is_none_or(|entries| !entries.is_empty()));
    }
    value.sort_all_objects();
    value
}

fn read(kind: Kind, bytes: &[u8]) -> Option<Value> {
    let mut value = record(kind, bytes)?;
    value.sort_all_objects();
    Some(value)
}

fn patient() -> impl Strategy<Value = Value> {
    let text = || proptest::string::string_regex("\\PC{0,12}").unwrap();
    let key = || "[0-9A-HJKMNP-TV-Z]{26}";
    (
        (text(), any::<i64>(), any::<bool>()),
        prop::collection::btree_map(key(), (text(), any::<Option<bool>>()), 0..4),
        prop::collection::btree_map(key(), text(), 0..3),
        prop::collection::btree_map("[a-z/]{1,9}", text(), 0..3),
    )
        .prop_map(|((name, number, flag), phones, notes, foreign)| {
            let phones: serde_json::Map<_, _> = phones
                .into_iter()
                .map(|(key, (number, whatsapp))| {
                    let mut phone = json!({"number": number});
                    if let Some(whatsapp) = whatsapp {
                        phone["whatsapp"] = whatsapp.into();
                    }
                    (key, phone)
                })
                .collect();
            let notes: serde_json::Map<_, _> =
                notes.into_iter().map(|(key, text)| (key, json!({"text": text, "pinned": true}))).collect();
            json!({
                "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": {"text": name}, "record_number": number,
                "deceased": flag, "phones": phones, "notes": notes, "foreign": foreign,
                "a_newer_field": [1, -2, 2.5, u64::MAX, "x", [true, {"deep": name}]],
            })
        })
}

proptest! {
    #[test]
    fn reads_what_opening_the_document_would(value in patient()) {
        let (_, change) = Document::create_value(Kind::Patient, &context(), &value).unwrap();
        prop_assert_eq!(read(Kind::Patient, &change.bytes), Some(opened(Kind::Patient, &change.bytes)));
    }

    #[test]
    fn damaged_bytes_make_nothing_panic(value in patient(), at: prop::sample::Index, byte: u8) {
        let (_, change) = Document::create_value(Kind::Patient, &context(), &value).unwrap();
        let mut rest = change.bytes.clone();
        let at = at.index(rest.len());
        rest[at] = byte;
        // Past the header's checksum, as a hostile author could make it.
        let _ = super::Operations::parse(&rest[at.min(150)..]);
        let _ = record(Kind::Patient, &rest);
    }
}

#[test]
fn an_ordinary_patient_goes_the_short_way() {
    let value = json!({
        "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": {"text": "Ana"}, "deceased": true, "record_number": 7,
        "phones": {"01ARZ3NDEKTSV4RRFFQ69G5FAW": {"number": "+5511987654321"}},
        "notes": {"01ARZ3NDEKTSV4RRFFQ69G5FAX": {"text": "Olá, às 9 h"}},
    });
    let (_, change) = Document::create_value(Kind::Patient, &context(), &value).unwrap();
    assert_eq!(read(Kind::Patient, &change.bytes), Some(opened(Kind::Patient, &change.bytes)));
    let mut expected = value;
    expected.sort_all_objects();
    assert_eq!(read(Kind::Patient, &change.bytes), Some(expected));
}

#[test]
fn later_changes_and_other_kinds_go_the_long_way() {
    let before = json!({"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "social_name": "Ana"});
    let (mut document, first) = Document::create_value(Kind::Practitioner, &context(), &before).unwrap();
    assert_eq!(read(Kind::Practitioner, &first.bytes), Some(before.clone()));
    let after = json!({"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "social_name": "Eva", "inactive": true});
    let edit = document.edit_value(None, &context(), &before, &after).unwrap().unwrap();
    assert_eq!(record(Kind::Practitioner, &edit.bytes), None);
    assert_eq!(record(Kind::Patient, &first.bytes), None, "another kind's base");
    assert_eq!(record(Kind::Unknown(999), &first.bytes), None);
}
