//! Who changed what and when, and the record as it was.

use posto_documents::{AsOf, Document};
use posto_domain::{Kind, Patient};
use serde_json::json;

use crate::support::{author, created, edit, key, patient, writer};

#[test]
fn each_change_says_who_did_what() {
    let (mut document, first) = created();
    let second = edit(&mut document, &writer(2, 2_000), |patient| {
        patient.occupation = Some("Teacher".into());
        patient.phones.clear();
        patient.allergies.get_mut(&key(2)).unwrap().criticality = Some("high".into());
    });
    let history = document.history().unwrap();
    assert_eq!(
        history.iter().map(|entry| entry.info.hash).collect::<Vec<_>>(),
        vec![first.hash, second.hash]
    );
    assert_eq!(history[1].info.author, Some(author(2)));
    assert_eq!(history[1].info.time_ms, 2_000);
    let fields: Vec<_> = history[1]
        .fields
        .iter()
        .map(|field| (field.path.to_string(), field.before.clone(), field.after.clone()))
        .collect();
    assert_eq!(
        fields,
        vec![
            (format!("allergies.{}.criticality", key(2)), Some(json!("low")), Some(json!("high"))),
            ("occupation".to_owned(), None, Some(json!("Teacher"))),
            (format!("phones.{}.number", key(1)), Some(json!("+5511987654321")), None),
        ]
    );
    assert!(history[0].fields.iter().any(|field| field.path.to_string() == "name.family"));
}

#[test]
fn a_change_shows_what_its_author_saw() {
    let (mut a, first) = created();
    let mut b = Document::load(Kind::Patient, [&first.bytes]).unwrap();
    edit(&mut a, &writer(1, 2_000), |patient| patient.name.family = Some("Souza".into()));
    let from_b = edit(&mut b, &writer(2, 3_000), |patient| patient.name.family = Some("Pereira".into()));
    a.apply(&from_b.bytes).unwrap();
    for entry in &a.history().unwrap()[1..] {
        assert_eq!(entry.fields.len(), 1);
        assert_eq!(entry.fields[0].before, Some(json!("Silva")), "neither knew of the other");
    }
}

#[test]
fn the_record_as_it_was() {
    let (mut document, first) = created();
    edit(&mut document, &writer(2, 2_000), |patient| patient.name.family = Some("Souza".into()));
    edit(&mut document, &writer(1, 3_000), |patient| patient.name.family = Some("Lima".into()));
    let family = |moment: AsOf| {
        let record: Option<Patient> = document.record_at(&moment).unwrap();
        record.map(|patient| patient.name.family.unwrap())
    };
    assert_eq!(family(AsOf::Time(999)), None);
    assert_eq!(family(AsOf::Time(1_000)).as_deref(), Some("Silva"));
    assert_eq!(family(AsOf::Time(2_999)).as_deref(), Some("Souza"));
    assert_eq!(family(AsOf::Time(i64::MAX)).as_deref(), Some("Lima"));
    assert_eq!(family(AsOf::Heads(vec![first.hash])).as_deref(), Some("Silva"));
    assert_eq!(document.record_at::<Patient>(&AsOf::Heads(vec![first.hash])).unwrap(), Some(patient()));
}

#[test]
fn a_change_dated_before_what_it_rests_on_waits_for_it() {
    let (mut document, _) = created();
    edit(&mut document, &writer(2, 5_000), |patient| patient.deceased = true);
    edit(&mut document, &writer(1, 10), |patient| patient.occupation = Some("Teacher".into()));
    let before: Patient = document.record_at(&AsOf::Time(4_000)).unwrap().unwrap();
    assert_eq!((before.deceased, before.occupation), (false, None));
}
