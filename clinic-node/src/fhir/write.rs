//! A batch of prepared resources becomes durable: grouped, planned on all cores, written in a few
//! transactions.

use std::collections::BTreeMap;

use posto_domain::fhir::{Problem, ProblemCode, Resource, ResourceKey};
use posto_domain::{DocumentId, PatientId, PractitionerId};
use posto_store::{Error, LocalCommit, ReadTx, Result};
use rayon::prelude::*;

use super::group::{CATALOGUE_BUCKETS, Group, Planned, plan_practitioner};
use super::prepare::{Fact, Item, Prepared};
use super::report::{Place, Report};
use super::target::Target;
use crate::app::patients::SERIES;

/// Resources that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Batch {
    patients: BTreeMap<PatientId, Group>,
    practitioners: BTreeMap<PractitionerId, Vec<(Resource, Place)>>,
    catalogue: BTreeMap<i64, Group>,
    resources: usize,
    bytes: usize,
    types: BTreeMap<String, u64>,
}

/// A batch is written when it holds this much.
const RESOURCES_MAX: usize = 4_000;
const BYTES_MAX: usize = 12 * 1024 * 1024;

/// Changes in one transaction: more would keep people's writes waiting.
const TRANSACTION_DOCUMENTS_MAX: usize = 48;

/// One unit of planning, written whole or not at all.
enum Unit {
    Patient(PatientId, Group),
    Practitioner(PractitionerId, Vec<(Resource, Place)>),
    Catalogue(i64, Group),
}

impl Batch {
    pub(super) fn is_full(&self) -> bool {
        self.resources >= RESOURCES_MAX || self.bytes >= BYTES_MAX
    }

    /// Adds what was prepared; a problem goes to the report.
    pub(super) fn add(&mut self, item: Item, target: Target<'_>, report: &mut Report) {
        report.entries += 1;
        let prepared = match item.prepared {
            Ok(prepared) => prepared,
            Err(problem) => return report.leave(&item.place, &problem),
        };
        self.resources += 1;
        let resource_type = match prepared {
            Prepared::Patient(resource) => {
                self.bytes += resource.text.len();
                let group = self.patients.entry(resource.key.id(target.scope)).or_default();
                group.places.push(item.place);
                group.versions.push(resource);
                "Patient".to_owned()
            }
            Prepared::Practitioner(resource) => {
                self.bytes += resource.text.len();
                self.practitioners
                    .entry(resource.key.id(target.scope))
                    .or_default()
                    .push((resource, item.place));
                "Practitioner".to_owned()
            }
            Prepared::Fact(fact) => self.add_fact(*fact, item.place, target, report),
        };
        *self.types.entry(resource_type).or_default() += 1;
    }

    fn add_fact(&mut self, fact: Fact, place: Place, target: Target<'_>, report: &mut Report) -> String {
        self.bytes += fact.entry.foreign.as_ref().map_or(0, String::len);
        let group = match &fact.owner {
            Some(owner) => self.patients.entry(owner.id(target.scope)).or_default(),
            None => {
                let last = i64::from(fact.key.to_bytes()[15]);
                self.catalogue.entry(last % CATALOGUE_BUCKETS).or_default()
            }
        };
        let resource_type = fact.resource_type.clone();
        report.note_place(&place, &fact);
        group.places.push(place);
        group.facts.push(fact);
        resource_type
    }

    /// Writes everything; afterwards it is durable.
    ///
    /// # Errors
    /// Of the database. What was written before stays.
    pub(super) fn write(&mut self, target: Target<'_>, report: &mut Report) -> Result<()> {
        let batch = std::mem::take(self);
        let mut units: Vec<Unit> =
            batch.patients.into_iter().map(|(id, group)| Unit::Patient(id, group)).collect();
        units.extend(batch.practitioners.into_iter().map(|(id, list)| Unit::Practitioner(id, list)));
        units.extend(batch.catalogue.into_iter().map(|(bucket, group)| Unit::Catalogue(bucket, group)));
        // Two halves of what the machine has; each piece is written while the next is planned.
        let pieces: Vec<Vec<Unit>> = pieces(units);
        let written: Vec<Written> =
            pieces.into_par_iter().map(|units| write_piece(target, units)).collect::<Result<_>>()?;
        for piece in written {
            report.created += piece.created;
            report.updated += piece.updated;
            report.unchanged += piece.unchanged;
            report.documents_written += piece.documents;
            for place in &piece.unavailable {
                report.leave(place, &Problem { code: ProblemCode::RecordUnavailable, element: "".into() });
            }
        }
        for (resource_type, count) in batch.types {
            *report.resources.entry(resource_type).or_default() += count;
        }
        Ok(())
    }
}

/// What one transaction did.
#[derive(Debug, Default)]
struct Written {
    created: u64,
    updated: u64,
    unchanged: u64,
    documents: u64,
    unavailable: Vec<Place>,
}

/// Units by and by, so many that a transaction holds a bearable number of documents: a patient
/// comes with a dozen charts.
fn pieces(units: Vec<Unit>) -> Vec<Vec<Unit>> {
    let mut pieces = Vec::new();
    let (mut piece, mut weight) = (Vec::new(), 0);
    for unit in units {
        weight += match &unit {
            Unit::Patient(_, group) | Unit::Catalogue(_, group) => 1 + group.facts.len() / 16,
            Unit::Practitioner(..) => 1,
        };
        piece.push(unit);
        if weight >= TRANSACTION_DOCUMENTS_MAX {
            pieces.push(std::mem::take(&mut piece));
            weight = 0;
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

fn write_piece(target: Target<'_>, units: Vec<Unit>) -> Result<Written> {
    let ids = target.store.read(|read| documents_of(target, read, &units))?;
    let _guard = target.store.lock_documents(&ids);
    let mut written = Written::default();
    let mut commits: Vec<LocalCommit> = Vec::new();
    let mut numbered = Vec::new();
    target.store.read(|read| {
        for unit in units {
            let planned = plan(target, read, unit, &mut written)?;
            commits.extend(planned.commits);
            numbered.extend(planned.numbered);
        }
        Ok::<_, Error>(())
    })?;
    written.documents = commits.len() as u64;
    if !commits.is_empty() {
        target.store.write_bulk(move |tx| {
            commits.into_iter().try_for_each(|commit| tx.commit_local(commit))?;
            numbered.into_iter().try_for_each(|(id, number)| tx.note_number(SERIES, id, number))
        })?;
    }
    Ok(written)
}

/// The documents that are read and then written; those to be created have nobody else who knows
/// their ids.
fn documents_of(target: Target<'_>, read: &ReadTx<'_>, units: &[Unit]) -> Result<Vec<DocumentId>> {
    let mut ids = Vec::new();
    for unit in units {
        match unit {
            Unit::Patient(id, _) => {
                ids.push(id.cast());
                ids.extend(read.charts_of(*id)?);
            }
            Unit::Practitioner(id, _) => ids.push(id.cast()),
            Unit::Catalogue(bucket, _) => {
                ids.push(ResourceKey::chart(target.scope, PatientId::NIL, 0, *bucket));
            }
        }
    }
    Ok(ids)
}

fn plan(target: Target<'_>, read: &ReadTx<'_>, unit: Unit, written: &mut Written) -> Result<Planned> {
    let (places, planned) = match unit {
        Unit::Patient(id, mut group) => {
            let places = std::mem::take(&mut group.places);
            (places, group.plan_patient(target, read, id))
        }
        Unit::Catalogue(bucket, mut group) => {
            let places = std::mem::take(&mut group.places);
            (places, group.plan_catalogue(target, read, bucket))
        }
        Unit::Practitioner(id, list) => {
            let (versions, places): (Vec<Resource>, Vec<Place>) = list.into_iter().unzip();
            (places, plan_practitioner(target, read, id, &versions))
        }
    };
    match planned {
        Ok(planned) => {
            written.created += planned.created;
            written.updated += planned.updated;
            written.unchanged += planned.unchanged;
            Ok(planned)
        }
        Err(Error::Quarantined(_) | Error::Document(_)) => {
            written.unavailable.extend(places);
            Ok(Planned::default())
        }
        Err(other) => Err(other),
    }
}
