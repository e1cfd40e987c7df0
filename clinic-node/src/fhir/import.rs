//! FHIR R4 into records.
//!
//! Importing again changes nothing; importing a newer version of a resource changes what differs
//! between the two versions and leaves what people edited here alone. An entry that is wrong is
//! left out whole and reported, and the others go in.

use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use posto_domain::clinic::Clinic;
use posto_domain::fhir::{OwnPlaces, Problem, ProblemCode, Resource, Sources};
use posto_domain::location::Location;
use posto_domain::{Kind, UserId};
use posto_store::{AuditEntry, ReadTx, Result};
use rayon::prelude::*;
use serde_json::value::RawValue;

use super::bundle::{self, Outline};
use super::prepare::{self, Item};
use super::progress::Step;
use super::report::Place;
use super::source::{self, Content, Format, Source};
use super::write::Batch;
use super::{Report, Target};
use crate::app::{App, AppResult};

pub use super::progress::Progress;

/// Entries that are checked and mapped at once.
const CHUNK_ENTRIES: usize = 2_000;

/// Bundles whose entries are records; the others (documents, messages, responses, histories) mean
/// something as a whole and are kept whole.
const RECORD_BUNDLES: [&str; 4] = ["transaction", "batch", "collection", "searchset"];

/// Imports files, folders and archives into the clinic's scope.
///
/// # Errors
/// Of the store; what was written before stays.
pub fn run(app: &Arc<App>, paths: &[PathBuf], progress: &mut Progress) -> AppResult<Report> {
    let context = || app.pen.context(UserId::IMPORT);
    let number = || app.draw_number();
    let target = Target { store: &app.store, scope: app.clinic_scope(), context: &context, number: &number };
    // Which charts a patient has is asked of the read models: they must be level first.
    app.store.project()?;
    let report = import(target, paths, progress)?;
    let hlc = app.pen.reading();
    let counts = format!(
        "entries={} created={} updated={} left_out={}",
        report.entries, report.created, report.updated, report.left_out
    );
    app.store.write(move |tx| tx.audit(&audit_row(hlc, counts)).map(|_| ()))?;
    Ok(report)
}

fn audit_row(hlc: posto_store::Hlc, detail: String) -> AuditEntry {
    AuditEntry {
        who: UserId::OPERATOR,
        role: None,
        desk: None,
        action: "fhir.import".to_owned(),
        record: None,
        kind: None,
        why: None,
        outcome: "ok".to_owned(),
        detail: Some(detail),
        hlc,
    }
}

/// As [`run`], for any store.
///
/// # Errors
/// As [`run`].
pub fn import(target: Target<'_>, paths: &[PathBuf], progress: &mut Progress) -> Result<Report> {
    let places = target.store.read(own_places)?;
    let mut run = Run { target, places, progress, report: Report::default(), batch: Batch::default() };
    source::visit(paths, &mut |source| match source {
        Ok(source) => run.take(&source),
        Err((place, problem)) => {
            run.report.files += 1;
            run.report.leave(&place, &problem);
            Ok(())
        }
    })?;
    run.batch.write(target, &mut run.report)?;
    run.progress.end(&step(&run.report, ""));
    Ok(run.report)
}

/// The clinic and its locations; one that does not open is nobody's match.
fn own_places(read: &ReadTx<'_>) -> Result<OwnPlaces> {
    let (mut clinics, mut locations) = (Vec::new(), Vec::new());
    for id in read.documents_of_kind(Kind::Clinic)? {
        clinics.extend(read.record::<Clinic>(id).ok());
    }
    for id in read.documents_of_kind(Kind::Location)? {
        locations.extend(read.record::<Location>(id).ok());
    }
    Ok(OwnPlaces::new(clinics, locations))
}

fn step<'a>(report: &Report, file: &'a str) -> Step<'a> {
    Step { file, files: report.files, entries: report.entries, left_out: report.left_out }
}

struct Run<'a> {
    target: Target<'a>,
    /// What Organizations and Locations may be about.
    places: OwnPlaces,
    progress: &'a mut Progress,
    report: Report,
    batch: Batch,
}

impl Run<'_> {
    fn take(&mut self, source: &Source) -> Result<()> {
        self.report.files += 1;
        match (&source.content, source.format) {
            (Content::Text(text), Format::Json) => self.take_json(&source.place, text),
            (Content::Text(text), Format::Ndjson) => self.take_lines(&source.place, text.as_bytes()),
            (Content::Large(file), Format::Json) => self.take_large(&source.place, file),
            (Content::Large(file), Format::Ndjson) => match Content::large(file) {
                Ok(lines) => self.take_lines(&source.place, lines),
                Err(_) => self.leave(&source.place, &ProblemCode::UnreadableFile.at("")),
            },
        }
    }

    fn leave(&mut self, place: &Place, problem: &Problem) -> Result<()> {
        self.report.leave(place, problem);
        Ok(())
    }

    fn take_json(&mut self, place: &Place, text: &str) -> Result<()> {
        let mut entries: Vec<Box<RawValue>> = Vec::new();
        let read = bundle::read_text(text, &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        });
        let outline = match read {
            Ok(outline) => outline,
            Err(error) => return self.leave(place, &problem_of(&error)),
        };
        let holds_records = || entries.iter().any(|entry| prepare::entry(entry.get()).is_ok());
        if !is_record_bundle(&outline) || !holds_records() {
            let resource = prepare::resource(text, None);
            return self.take_chunk(vec![(place.clone(), resource)], &Sources::default(), false);
        }
        let mut sources = Sources::default();
        let mut parsed: Vec<(Place, Result<Resource, Problem>)> = entries
            .par_iter()
            .enumerate()
            .map(|(index, entry)| (at(place, index as u64), prepare::entry(entry.get())))
            .collect();
        drop(entries);
        for resource in parsed.iter().filter_map(|(_, resource)| resource.as_ref().ok()) {
            if let Some(url) = &resource.full_url {
                sources.note(url, resource.key.clone());
            }
        }
        while !parsed.is_empty() {
            let rest = parsed.split_off(parsed.len().min(CHUNK_ENTRIES));
            self.take_chunk(std::mem::replace(&mut parsed, rest), &sources, true)?;
        }
        Ok(())
    }

    /// A bundle too large for memory: read twice, first for what its references mean.
    fn take_large(&mut self, place: &Place, file: &std::fs::File) -> Result<()> {
        let mut sources = Sources::default();
        let first = Content::large(file).map_err(|_| None).and_then(|reader| {
            let note = &mut |entry: Box<RawValue>| {
                prepare::note(entry.get(), &mut sources);
                ControlFlow::Continue(())
            };
            bundle::read_file(reader, note).map_err(Some)
        });
        match first {
            Ok(outline) if is_record_bundle(&outline) => {}
            Ok(_) => return self.leave(place, &ProblemCode::TooLarge.at("")),
            Err(Some(error)) => return self.leave(place, &problem_of(&error)),
            Err(None) => return self.leave(place, &ProblemCode::UnreadableFile.at("")),
        }
        let Ok(reader) = Content::large(file) else {
            return self.leave(place, &ProblemCode::UnreadableFile.at(""));
        };
        let (mut chunk, mut index, mut outcome) = (Vec::new(), 0, Ok(()));
        let second = bundle::read_file(reader, &mut |entry| {
            chunk.push((at(place, index), entry));
            index += 1;
            if chunk.len() >= CHUNK_ENTRIES {
                outcome = self.take_raw(std::mem::take(&mut chunk), &sources);
            }
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        outcome?;
        self.take_raw(chunk, &sources)?;
        match second {
            Ok(_) => Ok(()),
            Err(error) => self.leave(place, &problem_of(&error)),
        }
    }

    fn take_raw(&mut self, entries: Vec<(Place, Box<RawValue>)>, sources: &Sources) -> Result<()> {
        let parsed =
            entries.into_par_iter().map(|(place, entry)| (place, prepare::entry(entry.get()))).collect();
        self.take_chunk(parsed, sources, true)
    }

    /// Bulk data: a resource a line.
    fn take_lines(&mut self, place: &Place, mut lines: impl BufRead) -> Result<()> {
        let (mut index, mut chunk) = (0, Vec::new());
        let line_bytes_max = posto_documents::limits::CHANGE_BYTES_MAX as usize;
        loop {
            let line = match next_line(&mut lines, line_bytes_max) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(_) => {
                    self.leave(place, &ProblemCode::DamagedFile.at(""))?;
                    break;
                }
            };
            if line.as_ref().is_ok_and(|line| line.trim().is_empty()) {
                continue;
            }
            chunk.push((at(place, index), line));
            index += 1;
            if chunk.len() >= CHUNK_ENTRIES {
                self.take_texts(std::mem::take(&mut chunk))?;
            }
        }
        self.take_texts(chunk)
    }

    fn take_texts(&mut self, lines: Vec<(Place, Result<String, Problem>)>) -> Result<()> {
        let parse = |line: Result<String, Problem>| line.and_then(|line| prepare::resource(&line, None));
        let parsed = lines.into_par_iter().map(|(place, line)| (place, parse(line))).collect();
        self.take_chunk(parsed, &Sources::default(), true)
    }

    /// Maps checked resources on all cores and writes when enough has come together.
    fn take_chunk(
        &mut self,
        parsed: Vec<(Place, Result<Resource, Problem>)>,
        sources: &Sources,
        parallel: bool,
    ) -> Result<()> {
        let (scope, places) = (self.target.scope, &self.places);
        let map = |(place, resource): (Place, Result<Resource, Problem>)| Item {
            place,
            prepared: resource.map(|resource| prepare::mapped(resource, sources, places, scope)),
        };
        let items: Vec<Item> = match parallel {
            true => parsed.into_par_iter().map(map).collect(),
            false => parsed.into_iter().map(map).collect(),
        };
        for item in items {
            let file = Arc::clone(&item.place.file);
            self.batch.add(item, self.target, &mut self.report);
            self.progress.step(&step(&self.report, &file));
        }
        if self.batch.is_full() {
            self.batch.write(self.target, &mut self.report)?;
        }
        Ok(())
    }
}

fn at(place: &Place, entry: u64) -> Place {
    Place { file: Arc::clone(&place.file), entry: Some(entry) }
}

fn is_record_bundle(outline: &Outline) -> bool {
    outline.resource_type.as_deref() == Some("Bundle")
        && outline.bundle_type.as_deref().is_none_or(|name| RECORD_BUNDLES.contains(&name))
}

fn problem_of(error: &serde_json::Error) -> Problem {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => ProblemCode::NotAResource.at(""),
        Category::Io => ProblemCode::DamagedFile.at(""),
        Category::Syntax | Category::Eof => ProblemCode::NotJson.at(""),
    }
}

/// The next line without its end; a line beyond the limit is passed over and said to be too large.
fn next_line(lines: &mut impl BufRead, max: usize) -> std::io::Result<Option<Result<String, Problem>>> {
    let mut line = Vec::new();
    let mut is_too_large = false;
    loop {
        let buffer = lines.fill_buf()?;
        if buffer.is_empty() {
            if line.is_empty() && !is_too_large {
                return Ok(None);
            }
            break;
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        is_too_large |= line.len() + piece.len() > max;
        if !is_too_large {
            line.extend_from_slice(piece);
        }
        let used = end.map_or(buffer.len(), |end| end + 1);
        lines.consume(used);
        if end.is_some() {
            break;
        }
    }
    if is_too_large {
        return Ok(Some(Err(ProblemCode::TooLarge.at(""))));
    }
    Ok(Some(String::from_utf8(line).map_err(|_| ProblemCode::NotJson.at(""))))
}
