//! FHIR from another system, into a node without a server.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use super::{Figure, Report};
use crate::processes::{binary, run};
use crate::sample;

const ROUNDS: usize = 3;

/// Imports `n` patients from a bulk file.
pub fn fhir(report: &Report, folder: &Path, n: usize) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let bulk = sample::write_ndjson(&folder.join("patients.ndjson"), n)?;
    let mut rates = Vec::new();
    for round in 0..ROUNDS {
        let data = folder.join(format!("node-{round}"));
        let node = |verbs: &[&str]| {
            let mut command = Command::new(binary("clinic-node"));
            command.args(verbs).arg("--data").arg(&data);
            command
        };
        run(node(&["init"]).args(["--clinic", "Clínica", "--jurisdiction", "BR"]))?;
        let started = Instant::now();
        run(node(&["import", "fhir"]).arg(&bulk))?;
        rates.push(n as f64 / started.elapsed().as_secs_f64());
    }
    report.add(&Figure::of("fhir.import", n, "/s", &rates))
}
