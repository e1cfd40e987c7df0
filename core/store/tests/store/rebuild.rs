//! Read models are disposable: rebuilt from documents they have the same rows, whatever happened.

use posto_domain::chart::{Chart, ChartEntry};
use posto_domain::consent::{Consent, ConsentPurpose, ConsentStatus};
use posto_domain::parts::{ExternalId, PersonName};
use posto_domain::patient::Allergy;
use posto_domain::{Entries, Patient, PatientId};
use proptest::prelude::*;

use crate::support::{Desk, clinic, folder, phone};

#[derive(Debug, Clone)]
enum Step {
    Register(u8),
    Rename(u8, u8),
    Call(u8, u8),
    Allergy(u8, u8),
    Consent(u8),
    Chart(u8, u8),
    Send,
    Receive,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<u8>().prop_map(Step::Register),
        3 => any::<(u8, u8)>().prop_map(|(who, name)| Step::Rename(who, name)),
        2 => any::<(u8, u8)>().prop_map(|(who, number)| Step::Call(who, number)),
        2 => any::<(u8, u8)>().prop_map(|(who, what)| Step::Allergy(who, what)),
        1 => any::<u8>().prop_map(Step::Consent),
        1 => any::<(u8, u8)>().prop_map(|(who, what)| Step::Chart(who, what)),
        1 => Just(Step::Send),
        1 => Just(Step::Receive),
    ]
}

const NAMES: &[&str] =
    &["João D'Ávila", "Maria José", "Ana", "José da Silva e Souza", "Łukasz", "李 小龍", ""];

fn run(desk: &mut Desk, known: &mut Vec<PatientId>, step: &Step) {
    let pick = |who: u8, known: &[PatientId]| known.get(usize::from(who) % known.len().max(1)).copied();
    match *step {
        Step::Register(name) => {
            let mut patient = Patient::new(desk.new_id());
            patient.name = PersonName::of(NAMES[usize::from(name) % NAMES.len()]);
            let external = ExternalId { system: "fhir".into(), value: name.to_string() };
            patient.external_ids = Entries::from([(desk.new_id().cast(), external)]);
            known.push(desk.register_as(&patient));
        }
        Step::Rename(who, name) => {
            let Some(id) = pick(who, known) else { return };
            let name = NAMES[usize::from(name) % NAMES.len()];
            desk.edit::<Patient>(id.cast(), |patient| patient.name = PersonName::of(name));
        }
        Step::Call(who, number) => {
            let Some(id) = pick(who, known) else { return };
            let key = desk.new_id().cast();
            desk.edit::<Patient>(id.cast(), |patient| {
                patient.phones.insert(key, phone(&format!("+55119876543{:02}", number % 100)));
            });
        }
        Step::Allergy(who, what) => {
            let Some(id) = pick(who, known) else { return };
            let key = desk.new_id().cast();
            desk.edit::<Patient>(id.cast(), |patient| {
                patient.no_known_allergies = what % 3 == 0;
                patient.allergies.insert(key, Allergy { substance: what.to_string(), ..Allergy::default() });
            });
        }
        Step::Consent(who) => {
            let Some(id) = pick(who, known) else { return };
            let consent =
                Consent::new(desk.new_id().cast(), id, ConsentPurpose::Photos, ConsentStatus::Granted, 1);
            desk.create(clinic(), &consent);
        }
        Step::Chart(who, what) => {
            let Some(id) = pick(who, known) else { return };
            let entry = ChartEntry {
                text: Some(what.to_string()),
                at: Some(format!("20{:02}", what % 30)),
                ..ChartEntry::default()
            };
            let entries = Entries::from([(desk.new_id().cast(), entry)]);
            let chart = Chart { id: desk.new_id().cast(), patient: id, year: 2020, part: 0, entries };
            desk.create(clinic(), &chart);
        }
        Step::Send | Step::Receive => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn rebuilt_rows_equal_those_kept_step_by_step(steps in prop::collection::vec(step(), 1..40), turns: u64) {
        let (left, right) = (folder(), folder());
        let mut desks = [Desk::open(left.path(), 1), Desk::open(right.path(), 2)];
        let mut known = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            // Only what is on both desks can be edited on either.
            let at = usize::from(turns >> (n % 64) & 1 == 1);
            match step {
                Step::Send => desks[0].send_to(&desks[1]),
                Step::Receive => desks[1].send_to(&desks[0]),
                Step::Register(_) => {
                    run(&mut desks[at], &mut known, step);
                    let [a, b] = &desks;
                    if at == 0 { a.send_to(b) } else { b.send_to(a) }
                }
                _ => run(&mut desks[at], &mut known, step),
            }
        }
        for _ in 0..2 {
            desks[0].send_to(&desks[1]);
            desks[1].send_to(&desks[0]);
        }
        let kept = desks[0].dump();
        prop_assert_eq!(&kept, &desks[1].dump());
        for desk in &desks {
            desk.store.rebuild().unwrap();
            prop_assert_eq!(&kept, &desk.dump());
            prop_assert!(desk.store.doctor().unwrap().findings.is_empty());
        }
    }
}
