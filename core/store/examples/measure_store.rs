//! Prints what the store costs on workload W: `measure FILE.ndjson`, one patient a line as
//! `workload/gen.js` makes them. Used by hand while tuning; `make bench` has the figures that count.

use std::io::BufRead;
use std::sync::Arc;
use std::time::Instant;

use posto_documents::{Document, WriteContext};
use posto_domain::id::{ClinicId, EntryKey, IdGenerator, PatientId, UserId};
use posto_domain::parts::{Address, Note, OfficialDocument, PersonName, Phone};
use posto_domain::patient::{Allergy, Medication};
use posto_domain::{Entries, Patient, Scope};
use posto_store::{Clock, Error, LocalCommit, PatientQuery, Store, StoreKey, StoreOptions};
use posto_sync::node::{Advance, AppendOutcome, NodeAnswer, NodeRequest};
use posto_sync::{LocalSeq, ScopeName};
use serde_json::Value;

struct Steady;

impl Clock for Steady {
    fn now_ms(&self) -> u64 {
        1_700_000_000_000
    }
}

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let path = std::env::args().nth(1).ok_or("measure FILE.ndjson")?;
    let lines = std::io::BufReader::new(std::fs::File::open(path)?).lines();
    let mut ids = IdGenerator::new(*b"measure!");
    let patients = lines
        .map(|line| Ok(patient(&serde_json::from_str(&line?)?, &mut ids)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let (left, right) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let a = open(left.path())?;
    import(&a, &patients)?;
    let batches = pending(&a)?;
    pull(&open(right.path())?, &batches)?;
    let started = Instant::now();
    let b = open(right.path())?;
    println!("reopen: {:?}", started.elapsed());
    search(&b, &patients)?;
    edits(&b, &patients)?;
    rate(&b, &patients)?;
    drop(b);
    let bytes = std::fs::metadata(right.path().join("posto.db"))?.len();
    println!("disk: {} B a patient", bytes / patients.len() as u64);
    Ok(())
}

/// Processor time of all threads so far, milliseconds: the wall clock says little on a busy machine.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<u64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split(' ')
        .map(|field| field.parse().unwrap_or_default())
        .collect();
    10 * (fields.get(12).copied().unwrap_or_default() + fields.get(13).copied().unwrap_or_default())
}

/// Prints what a phase took.
struct Phase(&'static str, Instant, u64);

impl Phase {
    fn begin(name: &'static str) -> Self {
        Self(name, Instant::now(), cpu_ms())
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        println!("{}: {:?} (cpu {} ms)", self.0, self.1.elapsed(), cpu_ms() - self.2);
    }
}

fn open(folder: &std::path::Path) -> Result<Store, Error> {
    Store::open(folder, StoreKey::from_bytes([7; 32]), StoreOptions::new(Arc::new(Steady)))
}

fn scope() -> Scope {
    Scope::Clinic(ClinicId::from_bytes([1; 16]))
}

fn scope_name() -> Result<ScopeName, Failure> {
    Ok(ScopeName::new(&scope().to_string())?)
}

fn context() -> WriteContext {
    WriteContext {
        actor: [3; 16],
        author: UserId::IMPORT,
        time_ms: 1_700_000_000_000,
        hlc: Default::default(),
    }
}

fn import(store: &Store, patients: &[Patient]) -> Result<(), Failure> {
    let _phase = Phase::begin("import");
    for chunk in patients.chunks(500) {
        let commits = chunk
            .iter()
            .map(|patient| {
                Ok(LocalCommit::create(scope(), patient, Document::first_change(&context(), patient)?)?)
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        store.write_bulk(|tx| commits.into_iter().try_for_each(|commit| tx.commit_local(commit)))?;
    }
    Ok(())
}

fn pending(store: &Store) -> Result<Vec<Vec<u8>>, Failure> {
    let (mut batches, mut after) = (Vec::new(), LocalSeq(0));
    let phase = Phase::begin("read pending");
    loop {
        let request =
            NodeRequest::ReadPending { scope: scope_name()?, after, max_bytes: 1 << 20, verbatim: false };
        let NodeAnswer::ReadPending { batch: Some(batch), last, more, .. } = store.answer(request)? else {
            break;
        };
        batches.push(batch);
        after = last;
        if !more {
            break;
        }
    }
    let bytes: usize = batches.iter().map(Vec::len).sum();
    drop(phase);
    println!("{} batches, {bytes} B", batches.len());
    Ok(batches)
}

fn pull(store: &Store, batches: &[Vec<u8>]) -> Result<(), Failure> {
    let _both = Phase::begin("append and read models");
    let append = Phase::begin("append");
    for batch in batches {
        let request =
            NodeRequest::Append { scope: scope_name()?, batch: Some(batch.clone()), advance: Advance::Stay };
        let NodeAnswer::Append(AppendOutcome::Appended { .. }) = store.answer(request)? else {
            return Err("not appended".into());
        };
    }
    drop(append);
    while !store.read(|r| r.is_projected())? {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    Ok(())
}

fn search(store: &Store, patients: &[Patient]) -> Result<(), Failure> {
    let mut times = Vec::new();
    let mut slowest = (0, String::new());
    for (n, patient) in patients.iter().enumerate().step_by(patients.len() / 300 + 1) {
        let name = patient.name.plain();
        let phone = patient.phones.values().next().map(|phone| phone.number.clone()).unwrap_or_default();
        let mut typo = name.clone();
        typo.truncate(typo.char_indices().nth(4).map_or(0, |(at, _)| at));
        let first = name.split(' ').next().unwrap_or_default().to_owned();
        let texts = [
            name.clone(),
            first.clone(),
            name.chars().take(1).collect(),
            name.chars().take(3).collect(),
            phone[3..].to_owned(),
            phone[phone.len() - 4..].to_owned(),
            format!("{typo}x"),
            name.chars().skip(1).take(4).collect(),
            format!("{} {}", name.split(' ').next_back().unwrap_or_default(), first),
            String::new(),
            "m s".to_owned(),
            format!("{first} {}", n % 10),
        ];
        for text in texts {
            let started = Instant::now();
            let query = PatientQuery { text: text.clone(), cursor: None, limit: 20 };
            store.read(|r| r.find_patients(&query))?;
            let took = started.elapsed().as_micros();
            if took > slowest.0 {
                slowest = (took, text);
            }
            times.push(took);
        }
    }
    report("search", times);
    println!("slowest search: {slowest:?}");
    Ok(())
}

fn edits(store: &Store, patients: &[Patient]) -> Result<(), Failure> {
    let mut times = Vec::new();
    for patient in patients.iter().take(2_000) {
        let started = Instant::now();
        edit(store, patient.id, &patient.id.to_string())?;
        times.push(started.elapsed().as_micros());
    }
    report("durable edit", times);
    Ok(())
}

fn edit(store: &Store, id: PatientId, value: &str) -> Result<(), Failure> {
    let _guard = store.lock_document(id.cast());
    let mut opened = store.read(|r| r.open(id.cast()))?;
    let change = opened.document.edit::<Patient, posto_documents::Error>(None, &context(), |patient| {
        patient.mother_name = Some(value.to_owned());
        Ok(())
    })?;
    let commit = LocalCommit::edit(&opened, change.into_iter().collect())?;
    store.write(move |tx| tx.commit_local(commit))?;
    Ok(())
}

fn rate(store: &Store, patients: &[Patient]) -> Result<(), Failure> {
    const CLIENTS: usize = 64;
    let each = (patients.len() / CLIENTS).min(100);
    let started = Instant::now();
    std::thread::scope(|threads| {
        for client in 0..CLIENTS {
            threads.spawn(move || {
                for n in 0..each {
                    let id = patients[client * each + n].id;
                    if let Err(error) = edit(store, id, "by many") {
                        eprintln!("{error}");
                    }
                }
            });
        }
    });
    let took = started.elapsed();
    println!("64 clients: {:.0} edits/s", (CLIENTS * each) as f64 / took.as_secs_f64());
    Ok(())
}

fn report(what: &str, mut times: Vec<u128>) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!("{what}: p50 {} µs, p99 {} µs, max {} µs, n {}", at(50), at(99), at(100), times.len());
}

fn patient(value: &Value, ids: &mut IdGenerator) -> Patient {
    const NOW: u64 = 1_700_000_000_000;
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| -> Vec<String> {
        let items = value.get(key).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let mut patient = Patient::new(ids.draw(NOW));
    let mut key = || ids.draw::<EntryKey>(NOW);
    patient.name = PersonName::of(text("name"));
    patient.birth_date = Some(text("birthDate").as_str().into());
    patient.sex = Some(if text("sex") == "F" { "female" } else { "male" }.into());
    patient.mother_name = Some(text("motherName"));
    patient.blood_type = Some(text("bloodType").as_str().into());
    let document = |kind: &str, value| OfficialDocument { kind: kind.into(), value, ..Default::default() };
    patient.documents = Entries::from([
        (key(), document("cpf", text("cpf").replace(['.', '-'], ""))),
        (key(), document("cns", text("cns"))),
    ]);
    let number = |raw: String| Phone { number: raw.replace([' ', '-'], ""), ..Phone::default() };
    patient.phones = list("phones").into_iter().map(|raw| (key(), number(raw))).collect();
    let part =
        |name: &str| value.pointer(&format!("/address/{name}")).and_then(Value::as_str).map(str::to_owned);
    let address = Address {
        street: part("street"),
        district: part("district"),
        city: part("city"),
        state: part("uf"),
        postal_code: part("zip"),
        ..Address::default()
    };
    patient.addresses = Entries::from([(key(), address)]);
    let allergy = |substance| Allergy { substance, ..Allergy::default() };
    patient.allergies = list("allergies").into_iter().map(|name| (key(), allergy(name))).collect();
    let medication = |name| Medication { name, ..Medication::default() };
    patient.medications = list("medications").into_iter().map(|name| (key(), medication(name))).collect();
    patient.notes = Entries::from([(key(), Note { text: text("notes"), ..Note::default() })]);
    patient.tags = Entries::from([(key(), text("facility"))]);
    patient
}
