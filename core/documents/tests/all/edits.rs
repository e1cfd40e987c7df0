//! Creating, loading and editing: only what a command changed is written.

use posto_documents::{Document, Error};
use posto_domain::{Kind, Patient};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{created, edit, key, patient, writer};

#[test]
fn what_was_created_is_read_back() {
    let (document, first) = created();
    assert_eq!(document.record::<Patient>().unwrap(), patient());
    let loaded = Document::load(Kind::Patient, [&first.bytes]).unwrap();
    assert_eq!(loaded.record::<Patient>().unwrap(), patient());
    assert_eq!(loaded.heads(), vec![first.hash]);
    assert_eq!(loaded.value().unwrap(), document.value().unwrap());
}

#[test]
fn the_first_change_alone_is_the_one_that_create_makes() {
    let (_, first) = created();
    assert_eq!(Document::first_change(&writer(1, 1_000), &patient()).unwrap(), first);
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let (mut document, _) = created();
    let none = document.edit::<Patient, Error>(None, &writer(1, 2_000), |_| Ok(()));
    assert_eq!(none.unwrap(), None);
    let heads = document.heads();
    assert_eq!(
        document.edit_value(None, &writer(1, 2_000), &json!({}), &json!({"sex": null})).unwrap(),
        None
    );
    assert_eq!(document.heads(), heads);
}

#[test]
fn a_refused_edit_leaves_the_document_alone() {
    #[derive(Debug, PartialEq)]
    struct Refused;
    impl From<Error> for Refused {
        fn from(_: Error) -> Self {
            panic!("the document itself is fine");
        }
    }
    let (mut document, _) = created();
    let before = document.canonical().unwrap();
    let refused = document.edit::<Patient, Refused>(None, &writer(1, 2_000), |patient| {
        patient.deceased = true;
        Err(Refused)
    });
    assert_eq!(refused, Err(Refused));
    assert_eq!(document.canonical().unwrap(), before);
}

#[test]
fn fields_and_enum_values_of_a_newer_version_survive_an_edit() {
    let (mut document, first) = created();
    let newer = json!({
        "sex": "some-new-code",
        "favourite_colour": {"name": "blue"},
        "phones": {key(1).to_string(): {"verified_by": "sms"}},
    });
    let change = document.edit_value(None, &writer(1, 2_000), &json!({}), &newer).unwrap().unwrap();
    let mut older = Document::load(Kind::Patient, [&change.bytes, &first.bytes]).unwrap();
    edit(&mut older, &writer(2, 3_000), |patient| {
        patient.occupation = Some("Teacher".into());
        patient.phones.get_mut(&key(1)).unwrap().number = "+5511900000000".into();
    });
    let value = older.value().unwrap();
    assert_eq!(value["sex"], "some-new-code");
    assert_eq!(value["favourite_colour"]["name"], "blue");
    assert_eq!(value["phones"][key(1).to_string()]["verified_by"], "sms");
    assert_eq!(value["phones"][key(1).to_string()]["number"], "+5511900000000");
    assert_eq!(value["occupation"], "Teacher");
}

#[test]
fn an_emptied_container_can_be_filled_again_by_two_people_at_once() {
    let (mut a, first) = created();
    let emptied = edit(&mut a, &writer(1, 2_000), |patient| patient.phones.clear());
    let mut b = Document::load(Kind::Patient, [&first.bytes, &emptied.bytes]).unwrap();
    let phone = patient().phones[&key(1)].clone();
    let from_a = edit(&mut a, &writer(1, 3_000), |p| drop(p.phones.insert(key(8), phone.clone())));
    let from_b = edit(&mut b, &writer(2, 3_000), |p| drop(p.phones.insert(key(9), phone.clone())));
    a.apply(&from_b.bytes).unwrap();
    b.apply(&from_a.bytes).unwrap();
    assert_eq!(a.record::<Patient>().unwrap().phones.len(), 2);
    assert_eq!(a.canonical().unwrap(), b.canonical().unwrap());
    assert_eq!(a.conflicts().unwrap(), vec![]);
}

#[test]
fn two_people_write_in_one_note() {
    let (mut a, first) = created();
    let mut b = Document::load(Kind::Patient, [&first.bytes]).unwrap();
    let from_a = edit(&mut a, &writer(1, 2_000), |patient| {
        patient.notes.get_mut(&key(3)).unwrap().text = "Always prefers mornings.".into();
    });
    let from_b = edit(&mut b, &writer(2, 2_000), |patient| {
        patient.notes.get_mut(&key(3)).unwrap().text = "Prefers mornings. Fears needles.".into();
    });
    a.apply(&from_b.bytes).unwrap();
    b.apply(&from_a.bytes).unwrap();
    let text = a.record::<Patient>().unwrap().notes[&key(3)].text.clone();
    assert_eq!(text, "Always prefers mornings. Fears needles.");
    assert_eq!(a.canonical().unwrap(), b.canonical().unwrap());
    assert_eq!(a.conflicts().unwrap(), vec![]);
}

#[test]
fn a_snapshot_and_the_changes_after_it_are_the_document() {
    let (mut document, first) = created();
    let snapshot = document.snapshot().unwrap();
    let second = edit(&mut document, &writer(2, 2_000), |patient| patient.deceased = true);
    let loaded = Document::load_snapshot(Kind::Patient, &snapshot, [&second.bytes, &first.bytes]).unwrap();
    assert_eq!(loaded.canonical().unwrap(), document.canonical().unwrap());
    assert_eq!(loaded.changes(), vec![first, second]);
}

#[test]
fn a_document_may_not_grow_without_end() {
    let (mut document, _) = created();
    let grown = document.edit::<Patient, Error>(None, &writer(1, 2_000), |patient| {
        patient.occupation = Some("x".repeat(2 << 20));
        Ok(())
    });
    assert!(matches!(grown, Err(Error::OverLimit { .. })), "{grown:?}");
    assert_eq!(document.record::<Patient>().unwrap(), patient());
}

/// JSON of the shape records have: nested maps of scalars, without nulls.
fn content() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        "[a-zé]{0,6}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (-1.0e9..1.0e9_f64).prop_map(Value::from),
        prop::collection::vec("[a-z]{0,3}".prop_map(Value::from), 0..3).prop_map(Value::from),
    ];
    let entry = scalar.prop_recursive(2, 12, 4, |inner| {
        prop::collection::btree_map("[a-d]", inner, 0..4)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    });
    let keys = prop_oneof!["[a-f]", Just("notes".to_owned()), Just("phones".to_owned())];
    prop::collection::btree_map(keys, entry, 0..6).prop_map(|mut map| {
        // A container holds a map or nothing.
        map.retain(|key, value| key.len() == 1 || value.is_object());
        Value::Object(map.into_iter().collect())
    })
}

#[test]
fn a_container_holds_entries_and_nothing_else() {
    let (mut document, _) = created();
    let scalar = json!({"phones": "none"});
    let refused = document.edit_value(None, &writer(1, 2), &json!({}), &scalar);
    assert!(matches!(refused, Err(Error::NoSuchPlace)));
    let refused = Document::create_value(Kind::Patient, &writer(1, 2), &scalar);
    assert!(matches!(refused, Err(Error::NoSuchPlace)));
}

/// Without maps that hold nothing: an emptied container is the same as none.
fn pruned(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), pruned(value)))
            .filter(|(_, value)| value.as_object().is_none_or(|map| !map.is_empty()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

proptest! {
    /// Writing the difference of two contents over the first gives the second.
    #[test]
    fn differences_applied_give_the_new_content(contents in prop::collection::vec(content(), 2..5)) {
        let first = &contents[0];
        prop_assume!(pruned(first).as_object().is_some_and(|map| !map.is_empty()));
        let (mut document, change) =
            Document::create_value(Kind::Patient, &writer(1, 1), first).unwrap();
        prop_assert_eq!(pruned(&document.value().unwrap()), pruned(first));
        let mut changes = vec![change.bytes];
        for (index, step) in contents.windows(2).enumerate() {
            let written = document.edit_value(None, &writer(1, 2 + index as i64), &step[0], &step[1]);
            changes.extend(written.unwrap().map(|change| change.bytes));
            prop_assert_eq!(pruned(&document.value().unwrap()), pruned(&step[1]));
        }
        changes.reverse();
        let loaded = Document::load(Kind::Patient, &changes).unwrap();
        prop_assert_eq!(loaded.canonical().unwrap(), document.canonical().unwrap());
    }
}
