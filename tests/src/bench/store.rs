//! The node's store and local API under load.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use posto_domain::IdGenerator;
use posto_store::{Clock as _, PatientQuery};

use super::raw::{RawInsert, RawPeer};
use super::{Desk, Figure, Report, percentile};
use crate::clock::{TestClock, random};
use crate::processes::Server;
use crate::workload::{EditA, Workload, record};

/// Searches as a receptionist types them; each is asked once a person.
const SEARCHES: usize = 400;

/// One durable field edit, opening included, in a store of `n` patients; beside it, in turns on the same disk, what raw
/// Automerge on plain SQLite takes for an edit, and SQLCipher for a row.
pub fn edits(report: &Report, folder: &Path, n: usize) -> Result<()> {
    let server = Server::create(&folder.join("server"))?;
    let node = {
        let _serving = server.serve()?;
        server.enroll(&folder.join("node"), &server.location)?
    };
    let desk = Desk::open(&node.data)?;
    let workload = Workload::generate(n);
    let mut writer = desk.writer();
    let ids = writer.register_all(&desk, &workload.people)?;
    desk.store.project()?;
    let mut generator = IdGenerator::new(random());
    let mut patient = |edit: &EditA| {
        let person = &workload.people[edit.person];
        record::patient(person, &mut generator, TestClock.now_ms())
    };
    let patients: Vec<_> = workload.edits_a.iter().map(&mut patient).collect();
    let mut raw = RawPeer::create(folder, &patients)?;
    let insert = RawInsert::create(folder)?;
    let (mut ours, mut raws, mut inserts) = (Vec::new(), Vec::new(), Vec::new());
    for (at, edit) in workload.edits_a.iter().enumerate() {
        for command in record::edits_a(edit, writer.key()) {
            ours.push(writer.edit(&desk.store, ids[edit.person], command)?);
            raws.push(raw.edit(at)?);
            inserts.push(insert.insert()?);
        }
    }
    for (name, times) in [("write", &ours), ("raw_edit", &raws), ("raw_insert", &inserts)] {
        report.add(&Figure::of(&format!("store.{name}_p50"), n, "ms", times))?;
        report.add(&Figure::of(&format!("store.{name}_p99"), n, "ms", &[percentile(times, 0.99)]))?;
    }
    Ok(())
}

/// Patient search in a store of `n` patients.
pub fn search(report: &Report, folder: &Path, n: usize) -> Result<()> {
    let server = Server::create(&folder.join("server"))?;
    let _serving = server.serve()?;
    let node = server.enroll(&folder.join("node"), &server.location)?;
    let desk = Desk::open(&node.data)?;
    let people = Workload::generate(n).people;
    let started = Instant::now();
    desk.writer().register_all(&desk, &people)?;
    let each_ms = started.elapsed().as_secs_f64() * 1e3 / n as f64;
    report.add(&Figure::of("store.register_bulk", n, "ms", &[each_ms]))?;
    desk.store.project()?;
    let mut times = Vec::new();
    for (index, person) in people.iter().step_by((n / SEARCHES).max(1)).enumerate() {
        let text = as_typed(index, &person.name, &person.cpf, &person.phones[0]);
        let query = PatientQuery { text, cursor: None, limit: 20 };
        let started = Instant::now();
        desk.store.read(|tx| tx.find_patients(&query))?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    report.add(&Figure::of("store.search", n, "ms", &times))?;
    report.add(&Figure::of(&format!("store.search_p99_{}k", n / 1000), n, "ms", &[percentile(&times, 0.99)]))
}

/// A name in full, beginnings of names, a typo, digits of a phone or document.
fn as_typed(index: usize, name: &str, cpf: &str, phone: &str) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    match index % 6 {
        0 => name.to_lowercase(),
        1 => words
            .iter()
            .rev()
            .map(|word| word.chars().take(3).collect::<String>())
            .collect::<Vec<_>>()
            .join(" "),
        2 => words[0].chars().take(2).collect(),
        3 => cpf.to_owned(),
        4 => phone.chars().rev().take(9).collect::<Vec<_>>().into_iter().rev().collect(),
        _ => {
            // Two letters swapped in the family name.
            let mut letters: Vec<char> = words[1].chars().collect();
            if letters.len() > 3 {
                letters.swap(1, 2);
            }
            format!("{} {}", words[0], letters.into_iter().collect::<String>())
        }
    }
}
