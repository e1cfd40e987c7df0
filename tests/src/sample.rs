//! The people of workload W as FHIR, for demos and imports on machines without a sample archive.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};

use crate::workload::{Person, Workload};

/// Writes `n` people as one FHIR R4 Patient a line.
pub fn write_ndjson(path: &Path, n: usize) -> Result<PathBuf> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    for person in &Workload::generate(n).people {
        writeln!(out, "{}", fhir_patient(person))?;
    }
    out.flush()?;
    Ok(path.to_owned())
}

/// A person as FHIR R4 Patient.
pub fn fhir_patient(person: &Person) -> Value {
    let mut names = person.name.split(' ');
    let given = names.next().unwrap_or_default();
    json!({
        "resourceType": "Patient",
        "id": person.source_id,
        "active": true,
        "identifier": [{"system": "https://saude.gov.br/sid/cns", "value": person.cns}],
        "name": [{"use": "official", "text": person.name, "family": names.collect::<Vec<_>>().join(" "), "given": [given]}],
        "gender": if person.sex == "F" { "female" } else { "male" },
        "birthDate": person.birth_date,
        "telecom": person.phones.iter().map(|phone| json!({"system": "phone", "value": phone, "use": "mobile"})).collect::<Vec<_>>(),
        "address": [{
            "line": [person.street, person.district],
            "city": person.city,
            "state": person.state,
            "postalCode": person.zip,
            "country": "BR",
        }],
    })
}
