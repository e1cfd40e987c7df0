//! Records into FHIR R4: one bundle, or a resource a line.
//!
//! Whatever came in by an import goes out as it came, overlaid by what people changed since.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use posto_domain::chart::Chart;
use posto_domain::fhir::{FULL_URL_KEY, overlaid_fact, own_summaries, patient_to, practitioner_to};
use posto_domain::parts::Foreign;
use posto_domain::practitioner::Practitioner;
use posto_domain::{DocumentId, Kind, Patient, PatientId, UserId};
use posto_store::{AuditEntry, Error, ReadTx, Result};
use serde::Serialize;

use super::Target;
use crate::app::{App, AppError, AppResult};

/// What an export wrote.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub resources: u64,
    pub patients: u64,
    /// Records that could not be opened and are missing from the file.
    pub unreadable: u64,
    /// Patients whose records are restricted and were left out, with everything about them.
    pub withheld: u64,
}

/// What becomes of restricted records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restricted {
    /// Left out and counted.
    Withheld,
    /// Written, labelled as restricted.
    Included,
}

impl Report {
    /// The report for people.
    pub fn words(&self) -> String {
        let missing = match self.unreadable {
            0 => String::new(),
            n => format!("; {n} records could not be read and are missing"),
        };
        let withheld = match self.withheld {
            0 => String::new(),
            n => format!(
                "; {n} restricted patients were left out (--include-restricted REASON takes them along)"
            ),
        };
        format!("{} resources, {} patients{missing}{withheld}", self.resources, self.patients)
    }
}

/// Characters of a reason for taking restricted records along, as for an emergency.
const REASON_MIN: usize = 10;

/// Exports all records: NDJSON where the file is named so, one bundle otherwise. Restricted records go along with a
/// reason only, which the audit trail keeps.
///
/// # Errors
/// [`AppError::Validation`] for a reason that says nothing; of the store and of the file.
pub fn run(app: &Arc<App>, out: &Path, reason: Option<&str>) -> AppResult<Report> {
    if reason.is_some_and(|reason| reason.trim().chars().count() < REASON_MIN) {
        return Err(AppError::field("reason", "too_short"));
    }
    let restricted = if reason.is_some() { Restricted::Included } else { Restricted::Withheld };
    let context = || app.pen.context(UserId::OPERATOR);
    let number = || Ok(None);
    let target = Target { store: &app.store, scope: app.clinic_scope(), context: &context, number: &number };
    let report = export(target, out, restricted)?;
    let entry = AuditEntry {
        who: UserId::OPERATOR,
        role: None,
        desk: None,
        action: "fhir.export".to_owned(),
        record: None,
        kind: None,
        why: reason.map(|reason| reason.trim().to_owned()),
        outcome: "ok".to_owned(),
        detail: Some(format!(
            "resources={} patients={} withheld={}",
            report.resources, report.patients, report.withheld
        )),
        hlc: app.pen.reading(),
    };
    app.store.write(move |tx| tx.audit(&entry).map(|_| ()))?;
    Ok(report)
}

/// As [`run`], for any store. The file appears when it is complete.
///
/// # Errors
/// As [`run`].
pub fn export(target: Target<'_>, out: &Path, restricted: Restricted) -> Result<Report> {
    let part = beside(out);
    let fault = |source| Error::File { operation: "write", path: part.clone(), source: Arc::new(source) };
    let file = File::create(&part).map_err(fault)?;
    let is_ndjson = out.extension().is_some_and(|ending| ending == "ndjson" || ending == "jsonl");
    let sink = Sink { out: BufWriter::with_capacity(1 << 20, file), is_ndjson, written: 0 };
    let written = target.store.read(|read| Ok::<_, Error>(write_all(read, sink, restricted)))?;
    match written {
        Ok(report) => {
            std::fs::rename(&part, out).map_err(fault)?;
            Ok(report)
        }
        Err(error) => {
            drop(std::fs::remove_file(&part));
            Err(match error {
                Fault::Store(error) => error,
                Fault::Write(source) => fault(source),
            })
        }
    }
}

fn beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

enum Fault {
    Store(Error),
    Write(std::io::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

/// Where resources go, as text that is already JSON.
struct Sink {
    out: BufWriter<File>,
    is_ndjson: bool,
    written: u64,
}

impl Sink {
    fn resource(&mut self, text: &str, full_url: Option<&str>) -> std::io::Result<()> {
        if self.is_ndjson {
            self.out.write_all(text.as_bytes())?;
            self.out.write_all(b"\n")?;
        } else {
            let start: &[u8] = match self.written {
                0 => b"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[\n{",
                _ => b",\n{",
            };
            self.out.write_all(start)?;
            if let Some(url) = full_url {
                self.out.write_all(b"\"fullUrl\":")?;
                serde_json::to_writer(&mut self.out, url)?;
                self.out.write_all(b",")?;
            }
            self.out.write_all(b"\"resource\":")?;
            self.out.write_all(text.as_bytes())?;
            self.out.write_all(b"}")?;
        }
        self.written += 1;
        Ok(())
    }

    /// Ends the file and makes it durable.
    fn finish(mut self) -> std::io::Result<u64> {
        match (self.is_ndjson, self.written) {
            (true, _) => {}
            // FHIR has no empty lists.
            (false, 0) => self.out.write_all(b"{\"resourceType\":\"Bundle\",\"type\":\"collection\"}\n")?,
            (false, _) => self.out.write_all(b"\n]}\n")?,
        }
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        Ok(self.written)
    }
}

fn write_all(read: &ReadTx<'_>, mut sink: Sink, restricted: Restricted) -> Result<Report, Fault> {
    let mut report = Report::default();
    for id in read.documents_of_kind(Kind::Practitioner)? {
        match readable(read.record::<Practitioner>(id), &mut report)? {
            Some(practitioner) => {
                sink.resource(&practitioner_to(&practitioner), full_url(&practitioner.foreign))?
            }
            None => continue,
        }
    }
    let mut charts: BTreeMap<PatientId, Vec<DocumentId>> = BTreeMap::new();
    for id in read.documents_of_kind(Kind::Chart)? {
        if let Some(chart) = readable(read.record::<Chart>(id), &mut report)? {
            charts.entry(chart.patient).or_default().push(id);
        }
    }
    for id in read.documents_of_kind(Kind::Patient)? {
        let Some(patient) = readable(read.record::<Patient>(id), &mut report)? else { continue };
        if patient.restricted && restricted == Restricted::Withheld {
            report.withheld += 1;
            charts.remove(&patient.id);
            continue;
        }
        if patient.merged_into.is_some() && !patient.foreign.contains_key(posto_domain::fhir::PATIENT_KEY) {
            continue;
        }
        report.patients += 1;
        let text = patient_to(&patient);
        sink.resource(&text, full_url(&patient.foreign))?;
        let of_patient = charts.remove(&patient.id).unwrap_or_default();
        write_facts(read, &mut sink, Some((&patient, &text)), &of_patient, &mut report)?;
    }
    // Of nobody, or of somebody who is not here.
    for of_nobody in charts.into_values() {
        write_facts(read, &mut sink, None, &of_nobody, &mut report)?;
    }
    report.resources = sink.finish()?;
    Ok(report)
}

fn write_facts(
    read: &ReadTx<'_>,
    sink: &mut Sink,
    patient: Option<(&Patient, &str)>,
    charts: &[DocumentId],
    report: &mut Report,
) -> Result<(), Fault> {
    let mut imported = std::collections::BTreeSet::new();
    for id in charts {
        let Some(chart) = readable(read.record::<Chart>(*id), report)? else { continue };
        for (key, entry) in &chart.entries {
            if let Some(text) = overlaid_fact(patient.map(|(patient, _)| patient), *key, entry) {
                let url = entry.source.as_deref().filter(|source| source.contains(':'));
                sink.resource(&text, url)?;
                imported.insert(*key);
            }
        }
    }
    if let Some((patient, text)) = patient {
        let url = match full_url(&patient.foreign) {
            Some(url) => url.to_owned(),
            None => format!("Patient/{}", id_of(text).unwrap_or_else(|| patient.id.to_string())),
        };
        for own in own_summaries(patient, |key| imported.contains(key), &url) {
            sink.resource(&own, None)?;
        }
    }
    Ok(())
}

fn id_of(resource: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<String>,
    }
    serde_json::from_str::<Named>(resource).ok()?.id
}

fn full_url(foreign: &Foreign) -> Option<&str> {
    foreign.get(FULL_URL_KEY).map(String::as_str)
}

/// A record that cannot be opened is counted and passed over; the clinic's other data goes out.
fn readable<T>(record: Result<T>, report: &mut Report) -> Result<Option<T>, Fault> {
    match record {
        Ok(record) => Ok(Some(record)),
        Err(Error::Quarantined(_) | Error::Document(_)) => {
            report.unreadable += 1;
            Ok(None)
        }
        Err(other) => Err(other.into()),
    }
}
