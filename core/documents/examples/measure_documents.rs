//! Prints what creating, editing, loading and reading a patient costs, in microseconds.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use posto_documents::{Document, Error, Hlc, NewChange, WriteContext};
use posto_domain::{EntryKey, IdGenerator, Kind, Patient, PatientId, UserId};

fn context(actor: u8, time_ms: i64) -> WriteContext {
    WriteContext { actor: [actor; 16], author: UserId::IMPORT, time_ms, hlc: Hlc { ms: time_ms, counter: 0 } }
}

fn patient(ids: &mut IdGenerator, n: u64) -> Patient {
    let mut patient = Patient::new(ids.draw::<PatientId>(1_700_000_000_000 + n));
    patient.name.given = Some("Maria das Graças".into());
    patient.name.family = Some(format!("de Oliveira {n}"));
    patient.birth_date = Some("1980-02-03".into());
    patient.sex = Some("female".into());
    patient.language = Some("pt-BR".into());
    patient.record_number = Some(n as i64);
    let mut key = || ids.draw::<EntryKey>(1_700_000_000_000 + n);
    for kind in ["cpf", "cns"] {
        let document = serde_json::json!({"kind": kind, "value": format!("{n:011}")});
        patient.documents.insert(key(), serde_json::from_value(document).unwrap());
    }
    let parts = serde_json::json!({
        "phone": {"number": "+5511987654321", "kind": "mobile"},
        "email": {"address": "maria@example.org"},
        "address": {"street": "Rua das Flores", "number": "12", "city": "São Paulo", "state": "SP", "postal_code": "01310-100"},
        "allergy": {"substance": "Penicillin", "criticality": "high"},
        "medication": {"name": "Metformin", "dose": "850 mg"},
        "note": {"text": "Prefers mornings."},
    });
    let part = |name: &str| parts[name].clone();
    patient.phones.insert(key(), serde_json::from_value(part("phone")).unwrap());
    patient.emails.insert(key(), serde_json::from_value(part("email")).unwrap());
    patient.addresses.insert(key(), serde_json::from_value(part("address")).unwrap());
    patient.allergies.insert(key(), serde_json::from_value(part("allergy")).unwrap());
    patient.medications.insert(key(), serde_json::from_value(part("medication")).unwrap());
    patient.notes.insert(key(), serde_json::from_value(part("note")).unwrap());
    patient
}

fn measure<T>(name: &str, rounds: u32, mut work: impl FnMut(u32) -> T) {
    for round in 0..rounds / 10 {
        black_box(work(round));
    }
    let start = Instant::now();
    for round in 0..rounds {
        black_box(work(round));
    }
    println!("{name:32} {:9.1} us", start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
}

fn main() {
    let mut ids = IdGenerator::new([3; 8]);
    let patients: Vec<Patient> = (0..2_000).map(|n| patient(&mut ids, n)).collect();
    let rounds = patients.len() as u32;
    measure("to_value", rounds, |n| serde_json::to_value(&patients[n as usize]).unwrap());
    measure("create", rounds, |n| Document::create(&context(9, 5), &patients[n as usize]).unwrap());
    let created: Vec<(Document, NewChange)> =
        patients.iter().map(|patient| Document::create(&context(9, 5), patient).unwrap()).collect();
    println!(
        "first change {} B, snapshot {} B",
        created[0].1.bytes.len(),
        created[0].0.snapshot().unwrap().len()
    );
    measure("clone", rounds, |n| created[n as usize].0.clone());
    measure("load 1 change", rounds, |n| {
        Document::load(Kind::Patient, [&created[n as usize].1.bytes]).unwrap()
    });
    let snapshots: Vec<Vec<u8>> = created.iter().map(|(document, _)| document.snapshot().unwrap()).collect();
    let none: [&[u8]; 0] = [];
    measure("load snapshot", rounds, |n| {
        Document::load_snapshot(Kind::Patient, &snapshots[n as usize], none).unwrap()
    });
    measure("snapshot", rounds, |n| created[n as usize].0.snapshot().unwrap());
    measure("value", rounds, |n| created[n as usize].0.value().unwrap());
    measure("record", rounds, |n| created[n as usize].0.record::<Patient>().unwrap());
    measure("conflicts", rounds, |n| created[n as usize].0.conflicts().unwrap());
    measure("clone + edit one field", rounds, |n| {
        let mut document = created[n as usize].0.clone();
        document
            .edit::<Patient, Error>(None, &context(9, 6), |patient| {
                patient.occupation = Some("Teacher".into());
                Ok(())
            })
            .unwrap()
    });
    let edited: Vec<Vec<Vec<u8>>> = created
        .iter()
        .map(|(document, first)| {
            let mut document = document.clone();
            let mut changes = vec![first.bytes.clone()];
            for n in 0..3 {
                let change = document.edit::<Patient, Error>(None, &context(9, 6 + n), |patient| {
                    patient.occupation = Some(format!("Teacher {n}"));
                    Ok(())
                });
                changes.push(change.unwrap().unwrap().bytes);
            }
            changes
        })
        .collect();
    println!("edit change {} B", edited[0][1].len());
    measure("load 4 changes", rounds, |n| Document::load(Kind::Patient, &edited[n as usize]).unwrap());
    measure("load 4 changes + value", rounds, |n| {
        Document::load(Kind::Patient, &edited[n as usize]).unwrap().value().unwrap()
    });
    let loaded = Document::load(Kind::Patient, &edited[0]).unwrap();
    measure("history of 4 changes", rounds, |_| loaded.history().unwrap());
    measure("canonical", rounds, |_| loaded.canonical().unwrap());
}
