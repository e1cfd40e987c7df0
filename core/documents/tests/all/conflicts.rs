//! Stale writes merge; values that compete are kept and shown until somebody decides.

use posto_documents::{Document, Error, Path};
use posto_domain::{Kind, Patient};
use serde_json::json;

use crate::support::{author, created, edit, key, part, writer};

/// Two nodes change the same allergy's criticality without knowing of each other.
fn contested() -> (Document, Document) {
    let (mut a, first) = created();
    let mut b = Document::load(Kind::Patient, [&first.bytes]).unwrap();
    let set = |value: &'static str| {
        move |patient: &mut Patient| {
            patient.allergies.get_mut(&key(2)).unwrap().criticality = Some(value.into());
        }
    };
    let from_a = edit(&mut a, &writer(1, 2_000), set("high"));
    let from_b = edit(&mut b, &writer(2, 2_500), set("unable_to_assess"));
    a.apply(&from_b.bytes).unwrap();
    b.apply(&from_a.bytes).unwrap();
    (a, b)
}

#[test]
fn both_values_are_kept_with_who_and_when() {
    let (a, b) = contested();
    let conflicts = a.conflicts().unwrap();
    assert_eq!(conflicts, b.conflicts().unwrap());
    let [conflict] = conflicts.as_slice() else { panic!("one conflict expected: {conflicts:?}") };
    assert_eq!(conflict.path.to_string(), format!("allergies.{}.criticality", key(2)));
    let found: Vec<_> = conflict.values.iter().map(|v| (v.value.clone(), v.author, v.time_ms)).collect();
    assert!(found.contains(&(json!("high"), Some(author(1)), 2_000)));
    assert!(found.contains(&(json!("unable_to_assess"), Some(author(2)), 2_500)));
    let shown = &a.value().unwrap()["allergies"][key(2).to_string()]["criticality"];
    assert_eq!(Some(shown), conflict.values.last().map(|value| &value.value));
}

#[test]
fn deciding_ends_the_conflict_even_for_the_value_already_shown() {
    for choice in ["high", "unable_to_assess", "low"] {
        let (mut a, mut b) = contested();
        let path = a.conflicts().unwrap()[0].path.clone();
        let decision = a.resolve(&writer(3, 3_000), &path, Some(&json!(choice))).unwrap().unwrap();
        b.apply(&decision.bytes).unwrap();
        assert_eq!(b.conflicts().unwrap(), vec![], "{choice}");
        assert_eq!(b.value().unwrap()["allergies"][key(2).to_string()]["criticality"], choice);
        assert_eq!(a.canonical().unwrap(), b.canonical().unwrap());
    }
}

#[test]
fn a_decision_needs_a_place_that_exists() {
    let (mut a, _) = contested();
    for path in ["", "nowhere.at.all"] {
        let path: Path = path.parse().unwrap();
        let refused = a.resolve(&writer(3, 3_000), &path, Some(&json!("x")));
        assert!(matches!(refused, Err(Error::NoSuchPlace)), "{refused:?}");
    }
}

#[test]
fn the_same_value_written_twice_is_no_conflict() {
    let (mut a, first) = created();
    let mut b = Document::load(Kind::Patient, [&first.bytes]).unwrap();
    let from_a = edit(&mut a, &writer(1, 2_000), |patient| patient.deceased = true);
    let from_b = edit(&mut b, &writer(2, 2_000), |patient| patient.deceased = true);
    a.apply(&from_b.bytes).unwrap();
    b.apply(&from_a.bytes).unwrap();
    assert_eq!(a.conflicts().unwrap(), vec![]);
    assert_eq!(a.canonical().unwrap(), b.canonical().unwrap());
}

#[test]
fn a_stale_write_merges_with_what_came_later() {
    let (mut document, first) = created();
    let seen = document.heads();
    edit(&mut document, &writer(1, 2_000), |patient| {
        patient.occupation = Some("Teacher".into());
        patient.name.family = Some("Souza".into());
    });
    let stale = document
        .edit::<Patient, Error>(Some(&seen), &writer(1, 3_000), |patient| {
            assert_eq!(patient.occupation, None, "the client did not see the later edit");
            patient.birth_date = Some("1980-02-03".into());
            patient.name.family = Some("Pereira".into());
            Ok(())
        })
        .unwrap()
        .unwrap();
    let info = document.change_info(&stale.hash).unwrap();
    assert_eq!(info.deps, vec![first.hash]);
    assert_eq!(info.actor.len(), 16);
    assert_eq!(info.actor[..8], [1; 8], "the server knows the node by this prefix");
    let record: Patient = document.record().unwrap();
    assert_eq!(record.occupation.as_deref(), Some("Teacher"));
    assert_eq!(record.birth_date, Some("1980-02-03".into()));
    let conflicts = document.conflicts().unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].path.to_string(), "name.family");
    // Several stale writes of one process each find a sequence of their own.
    for n in 0..3 {
        let written = document.edit::<Patient, Error>(Some(&seen), &writer(1, 4_000 + n), |patient| {
            patient.pronouns = Some(format!("{n}"));
            Ok(())
        });
        assert!(written.unwrap().is_some());
    }
    let changes: Vec<_> = document.changes().into_iter().map(|change| change.bytes).collect();
    let loaded = Document::load(Kind::Patient, changes).unwrap();
    assert_eq!(loaded.canonical().unwrap(), document.canonical().unwrap());
}

#[test]
fn heads_that_never_were_are_refused() {
    let (mut document, _) = created();
    let strange = [posto_documents::ChangeHash([7; 32])];
    let refused = document.edit::<Patient, Error>(Some(&strange), &writer(1, 2_000), |_| Ok(()));
    assert!(matches!(refused, Err(Error::UnknownHeads)));
}

#[test]
fn entries_added_by_two_people_stand_side_by_side() {
    let (mut a, first) = created();
    let mut b = Document::load(Kind::Patient, [&first.bytes]).unwrap();
    let add = |n: u8, substance: &'static str| {
        move |patient: &mut Patient| {
            patient.allergies.insert(key(n), part(json!({"substance": substance})));
        }
    };
    let from_a = edit(&mut a, &writer(1, 2_000), add(10, "Latex"));
    let from_b = edit(&mut b, &writer(2, 2_000), add(11, "Nuts"));
    a.apply(&from_b.bytes).unwrap();
    b.apply(&from_a.bytes).unwrap();
    assert_eq!(a.record::<Patient>().unwrap().allergies.len(), 3);
    assert_eq!(a.conflicts().unwrap(), vec![]);
    assert_eq!(a.canonical().unwrap(), b.canonical().unwrap());
}
