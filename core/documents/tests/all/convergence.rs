//! Replicas that hold the same changes agree, whatever order the changes came in.

use posto_documents::{Document, Error, NewChange};
use posto_domain::{Kind, Patient};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{created, key, part, writer};

/// What one person does to the patient.
#[derive(Debug, Clone)]
enum Step {
    Family(u8),
    Phone(u8, u8),
    RemovePhone(u8),
    Note(u8, String),
    Criticality(u8),
    Deceased(bool),
    /// Replica `from` hears everything replica `to` has not.
    Sync(usize, usize),
    /// An edit at the first heads.
    Stale(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<u8>().prop_map(Step::Family),
        (0..4_u8, any::<u8>()).prop_map(|(entry, value)| Step::Phone(entry, value)),
        (0..4_u8).prop_map(Step::RemovePhone),
        (0..2_u8, "[a-z ]{0,12}").prop_map(|(entry, text)| Step::Note(entry, text)),
        (0..3_u8).prop_map(Step::Criticality),
        any::<bool>().prop_map(Step::Deceased),
        (0..3_usize, 0..3_usize).prop_map(|(from, to)| Step::Sync(from, to)),
        any::<u8>().prop_map(Step::Stale),
    ]
}

fn apply(patient: &mut Patient, step: &Step) {
    match step {
        Step::Family(value) | Step::Stale(value) => patient.name.family = Some(format!("F{value}")),
        Step::Phone(entry, value) => {
            patient.phones.entry(key(20 + entry)).or_default().number = format!("+55119{value:08}");
        }
        Step::RemovePhone(entry) => {
            patient.phones.remove(&key(20 + entry));
        }
        Step::Note(entry, text) => {
            patient.notes.entry(key(30 + entry)).or_default().text.clone_from(text);
        }
        Step::Criticality(value) => {
            let value = ["low", "high", "unable_to_assess"][usize::from(*value)];
            if let Some(allergy) = patient.allergies.get_mut(&key(2)) {
                allergy.criticality = Some(value.into());
            }
        }
        Step::Deceased(value) => patient.deceased = *value,
        Step::Sync(..) => {}
    }
}

fn shuffled(mut changes: Vec<NewChange>, seed: u64) -> Vec<NewChange> {
    changes.sort_by_key(|change| {
        let mixed = u64::from_le_bytes(change.hash.0[..8].try_into().unwrap()) ^ seed;
        mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31)
    });
    changes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn three_replicas_agree(steps in prop::collection::vec((0..3_usize, step()), 1..24), seed in any::<u64>()) {
        let (start, first) = created();
        let first_heads = vec![first.hash];
        let mut replicas = [start.clone(), start.clone(), start];
        for (time, (replica, step)) in steps.iter().enumerate() {
            if let Step::Sync(from, to) = step {
                let changes: Vec<_> = replicas[*from].changes().into_iter().map(|c| c.bytes).collect();
                replicas[*to].apply_all(changes).unwrap();
                continue;
            }
            let at = matches!(step, Step::Stale(_)).then_some(first_heads.as_slice());
            let context = writer(1 + *replica as u8, 2_000 + time as i64);
            replicas[*replica]
                .edit::<Patient, Error>(at, &context, |patient| {
                    apply(patient, step);
                    Ok(())
                })
                .unwrap();
        }
        let mut all: Vec<NewChange> = replicas.iter().flat_map(Document::changes).collect();
        all.sort_by_key(|change| change.hash);
        all.dedup();
        let mut dumps = Vec::new();
        for (index, replica) in replicas.iter_mut().enumerate() {
            for change in topological(shuffled(all.clone(), seed ^ index as u64)) {
                replica.apply(&change.bytes).unwrap();
            }
            dumps.push(replica.canonical().unwrap());
        }
        let loaded = Document::load(Kind::Patient, shuffled(all, seed).iter().map(|c| &c.bytes)).unwrap();
        dumps.push(loaded.canonical().unwrap());
        let snapshot = loaded.snapshot().unwrap();
        let none: [&[u8]; 0] = [];
        dumps.push(Document::load_snapshot(Kind::Patient, &snapshot, none).unwrap().canonical().unwrap());
        for dump in &dumps {
            prop_assert_eq!(dump, &dumps[0]);
        }
        prop_assert!(loaded.record::<Patient>().is_ok());
    }
}

/// The same changes, each after those it rests on.
fn topological(mut changes: Vec<NewChange>) -> Vec<NewChange> {
    let mut ordered: Vec<NewChange> = Vec::new();
    let mut document: Option<Document> = None;
    while !changes.is_empty() {
        let before = changes.len();
        changes.retain(|change| {
            let taken = match &mut document {
                Some(document) => document.apply(&change.bytes).is_ok(),
                None => Document::load(Kind::Patient, [&change.bytes]).map(|d| document = Some(d)).is_ok(),
            };
            if taken {
                ordered.push(change.clone());
            }
            !taken
        });
        assert!(changes.len() < before, "a change rests on nothing");
    }
    ordered
}

/// Two nodes import the same person under the same id: equal values are no conflict, and both
/// keep working on one record.
#[test]
fn the_same_record_created_twice_is_one() {
    let record = crate::support::patient();
    let (mut a, first_a) = Document::create(&writer(1, 1_000), &record).unwrap();
    let (mut b, first_b) = Document::create(&writer(2, 1_500), &record).unwrap();
    a.apply(&first_b.bytes).unwrap();
    b.apply(&first_a.bytes).unwrap();
    assert_eq!(a.canonical().unwrap(), b.canonical().unwrap());
    assert_eq!(a.conflicts().unwrap(), vec![]);
    assert_eq!(a.record::<Patient>().unwrap(), record);
    let add = b.edit::<Patient, Error>(None, &writer(2, 2_000), |patient| {
        patient.phones.insert(key(50), part(json!({"number": "1"})));
        Ok(())
    });
    a.apply(&add.unwrap().unwrap().bytes).unwrap();
    assert_eq!(a.record::<Patient>().unwrap().phones.len(), 2);
}
