//! Joining records and taking it back.

use proptest::prelude::*;

use super::*;
use crate::id::IdGenerator;
use crate::parts::{OfficialDocument, PersonName, Phone};
use crate::patient::{Allergy, Medication};

const BY: UserId = UserId::from_bytes([9; 16]);

fn order() -> MergeOrder {
    MergeOrder { id: DocumentId::from_bytes([8; 16]), by: BY, at_ms: 1_000, reason: None }
}

fn key(number: u8) -> EntryKey {
    EntryKey::from_bytes([number; 16])
}

fn patient(number: u8, name: &str) -> Patient {
    let mut patient = Patient::new(PatientId::from_bytes([number; 16]));
    patient.name = PersonName::of(name);
    patient
}

fn merged(survivor: &Patient, retired: &Patient) -> MergePlan {
    let mut ids = IdGenerator::new([5; 8]);
    plan(survivor, retired, order(), || ids.draw(1)).unwrap()
}

fn undone(plan: &MergePlan) -> UndoPlan {
    plan_undo(&plan.survivor, &plan.retired, &plan.record, BY, 2_000).unwrap()
}

#[test]
fn the_survivor_keeps_what_it_has_and_gets_what_it_lacks() {
    let mut one = patient(1, "Maria Silva");
    one.record_number = Some(10);
    one.no_known_allergies = true;
    one.phones.insert(key(1), Phone { number: "+5511987654321".into(), ..Default::default() });
    let mut two = patient(2, "Maria Aparecida da Silva");
    two.record_number = Some(20);
    two.birth_date = Some("1980-03-02".into());
    two.phones.insert(key(2), Phone { number: "+5511987654321".into(), ..Default::default() });
    two.phones.insert(key(3), Phone { number: "+551133334444".into(), ..Default::default() });
    two.allergies.insert(key(4), Allergy { substance: "dipirona".into(), ..Default::default() });

    let plan = merged(&one, &two);
    assert_eq!(plan.survivor.name.display(), "Maria Silva");
    assert_eq!(plan.survivor.birth_date, two.birth_date);
    assert_eq!(plan.survivor.phones.keys().collect::<Vec<_>>(), [&key(1), &key(3)]);
    assert!(!plan.survivor.no_known_allergies);
    assert_eq!(plan.survivor.record_number, Some(10));
    let held: Vec<_> = plan.survivor.external_ids.values().map(|id| id.value.as_str()).collect();
    assert_eq!(held, ["20"]);
    assert_eq!(plan.survivor.all_names(), ["Maria Silva", "Maria Aparecida da Silva"]);
    assert_eq!(plan.retired.merged_into, Some(one.id));

    let back = undone(&plan);
    assert_eq!((back.survivor, back.retired, back.kept), (one, two, vec![]));
    assert_eq!(back.record.status, MergeStatus::Undone);
}

#[test]
fn two_doses_of_one_drug_stay_two_facts() {
    let dose =
        |dose: &str| Medication { name: "losartana".into(), dose: Some(dose.into()), ..Default::default() };
    let mut one = patient(1, "Ana");
    one.medications.insert(key(1), dose("50 mg"));
    let mut two = patient(2, "Ana");
    two.medications.insert(key(2), dose("100 mg"));
    two.medications.insert(key(3), dose("50 mg"));
    assert_eq!(merged(&one, &two).survivor.medications.len(), 2);
}

#[test]
fn what_was_changed_after_the_merge_stays() {
    let one = patient(1, "Ana");
    let mut two = patient(2, "Ana");
    two.birth_date = Some("1980-03-02".into());
    two.mother_name = Some("Josefa".into());
    let mut plan = merged(&one, &two);
    plan.survivor.mother_name = Some("Josefina".into());
    plan.survivor.occupation = Some("pintora".into());
    let back = undone(&plan);
    assert_eq!(back.survivor.birth_date, None);
    assert_eq!(back.survivor.mother_name.as_deref(), Some("Josefina"));
    assert_eq!(back.survivor.occupation.as_deref(), Some("pintora"));
    assert_eq!(back.kept, ["mother_name"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (one, two, three) = (patient(1, "Ana"), patient(2, "Ana"), patient(3, "Ana"));
    let try_merge = |one: &Patient, two: &Patient| plan(one, two, order(), || key(1)).map(|_| ());
    assert_eq!(try_merge(&one, &one), Err(MergeRefusal::SameRecord));
    let done = merged(&one, &two);
    assert_eq!(try_merge(&three, &done.retired), Err(MergeRefusal::AlreadyMerged));
    assert_eq!(try_merge(&done.retired, &three), Err(MergeRefusal::AlreadyMerged));
    let wrong = plan_undo(&done.survivor, &three, &done.record, BY, 2);
    assert_eq!(wrong.unwrap_err(), MergeRefusal::OtherRecords);
    let twice = plan_undo(&done.survivor, &done.retired, &undone(&done).record, BY, 2);
    assert_eq!(twice.unwrap_err(), MergeRefusal::AlreadyUndone);
}

#[test]
fn chains_and_circles_of_merges_lead_to_one_record_from_everywhere() {
    let id = |number| PatientId::from_bytes([number; 16]);
    let chain = |from: PatientId| {
        [(id(1), id(2)), (id(2), id(3))].into_iter().find(|(a, _)| *a == from).map(|(_, b)| b)
    };
    assert_eq!([1, 2, 3, 4].map(|number| stands_for(id(number), chain)), [id(3), id(3), id(3), id(4)]);
    let circle = |from: PatientId| match from {
        _ if from == id(9) => Some(id(5)),
        _ if from == id(5) => Some(id(7)),
        _ if from == id(7) => Some(id(5)),
        _ => None,
    };
    assert_eq!([5, 7, 9].map(|number| stands_for(id(number), circle)), [id(5); 3]);
}

fn any_patient(number: u8) -> impl Strategy<Value = Patient> {
    let text = || prop::option::of("[a-c]{1,2}");
    let keys = || prop::collection::btree_map(0u8..6, "[a-c]{1,2}", 0..4);
    (text(), text(), text(), keys(), keys(), keys(), any::<bool>(), prop::option::of(1i64..9)).prop_map(
        move |(name, mother, born, phones, documents, foreign, flag, record_number)| {
            let mut patient = Patient::new(PatientId::from_bytes([number; 16]));
            patient.name.text = name;
            patient.mother_name = mother;
            patient.birth_date = born.map(|born| born.as_str().into());
            patient.record_number = record_number;
            patient.no_known_allergies = flag;
            patient.deceased = flag;
            for (index, value) in phones {
                patient.phones.insert(key(index), Phone { number: value.clone(), ..Default::default() });
                patient.allergies.insert(key(index), Allergy { substance: value, ..Default::default() });
            }
            for (index, value) in documents {
                let document = OfficialDocument { kind: "cpf".into(), value, ..Default::default() };
                patient.documents.insert(key(index), document);
            }
            patient.foreign =
                foreign.into_iter().map(|(index, value)| (format!("x/{index}"), value)).collect();
            patient
        },
    )
}

proptest! {
    #[test]
    fn undoing_at_once_gives_both_records_back(one in any_patient(1), two in any_patient(2)) {
        let plan = merged(&one, &two);
        let back = undone(&plan);
        prop_assert_eq!(back.survivor, one);
        prop_assert_eq!(back.retired, two);
        prop_assert!(back.kept.is_empty());
    }

    #[test]
    fn nothing_of_either_record_is_lost(one in any_patient(1), two in any_patient(2)) {
        let joined = merged(&one, &two).survivor;
        for patient in [&one, &two] {
            for phone in patient.phones.values() {
                prop_assert!(joined.phones.values().any(|held| held.number == phone.number));
            }
            for allergy in patient.allergies.values() {
                prop_assert!(joined.allergies.values().any(|held| held == allergy));
            }
            for text in patient.foreign.values() {
                prop_assert!(joined.foreign.values().any(|held| held == text));
            }
            for name in patient.all_names() {
                prop_assert!(joined.all_names().contains(&name));
            }
        }
    }

    #[test]
    fn joining_a_copy_adds_nothing_but_its_number(one in any_patient(1)) {
        let copy = Patient { id: PatientId::from_bytes([2; 16]), record_number: None, ..one.clone() };
        let joined = merged(&one, &copy).survivor;
        let silenced = joined.allergies.is_empty() && one.no_known_allergies;
        prop_assert_eq!(joined, Patient { no_known_allergies: silenced, ..one });
    }
}
