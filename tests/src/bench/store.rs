//! The node's store and local API under load.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use posto_store::PatientQuery;

use super::{Desk, Figure, Report, percentile};
use crate::processes::Server;
use crate::workload::Workload;

/// Searches as a receptionist types them; each is asked once a person.
const SEARCHES: usize = 400;

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
