//! What belongs together is written together: a patient with the facts of a batch, a practitioner, a
//! part of the catalogue.

use std::collections::BTreeMap;

use posto_domain::chart::{Chart, ChartEntry};
use posto_domain::fhir::{
    PATIENT_KEY, PRACTITIONER_KEY, Resource, ResourceKey, Summary, apply_summary, fact_year, patient_from, practitioner_from,
};
use posto_domain::{DocumentId, EntryKey, Patient, PatientId, PractitionerId};
use posto_domain::practitioner::Practitioner;
use posto_documents::Document;
use posto_store::{Error, LocalCommit, OpenDocument, ReadTx, Result};
use serde_json::Value;

use super::prepare::Fact;
use super::report::Place;
use super::target::Target;

/// A chart is continued in a next part before it reaches its budget of 256 KiB, so that what people
/// add later still fits.
const CHART_BYTES_MAX: usize = 200 * 1024;

/// What an entry costs beside its verbatim text.
const ENTRY_BYTES: usize = 512;

/// Parts of the catalogue, in which resources of no patient are kept by a hash of their key.
pub(super) const CATALOGUE_BUCKETS: i64 = 64;

/// A group of resources and where they came from.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) patient: Option<Resource>,
    pub(super) facts: Vec<Fact>,
    pub(super) places: Vec<Place>,
}

/// What becomes of a group.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) commits: Vec<LocalCommit>,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
}

impl Planned {
    fn count(&mut self, change: Change) {
        match change {
            Change::Created => self.created += 1,
            Change::Updated => self.updated += 1,
            Change::None => self.unchanged += 1,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Created,
    Updated,
    None,
}

/// A chart document and what it will say.
struct ChartWork {
    id: DocumentId,
    opened: Option<OpenDocument>,
    before: Chart,
    after: Chart,
    bytes: usize,
    touched: bool,
}

/// The charts of one owner.
struct Charts {
    works: Vec<ChartWork>,
    index: BTreeMap<EntryKey, usize>,
    /// Distance between the parts of one year.
    stride: i64,
}

impl Group {
    /// Plans a patient's group.
    pub(super) fn plan_patient(self, target: Target<'_>, read: &ReadTx<'_>, id: PatientId) -> Result<Planned> {
        let ids = read.charts_of(id)?;
        let mut charts = Charts::open(read, &ids, 1)?;
        let mut planned = Planned::default();
        let known: Vec<(EntryKey, Summary)> = match read.document_info(id.cast())? {
            None if self.patient.is_some() => charts.summaries(),
            _ => Vec::new(),
        };
        let mut news = charts.take(target, id, self.facts, &mut planned);
        if let Some(commit) = plan_record(target, read, id, self.patient.as_ref(), known, &mut news, &mut planned)? {
            planned.commits.push(commit);
        }
        charts.commit(target, &mut planned)?;
        Ok(planned)
    }

    /// Plans a bucket of the catalogue.
    pub(super) fn plan_catalogue(self, target: Target<'_>, read: &ReadTx<'_>, bucket: i64) -> Result<Planned> {
        let mut ids = Vec::new();
        for part in (bucket..).step_by(CATALOGUE_BUCKETS as usize) {
            let id = ResourceKey::chart(target.scope, PatientId::NIL, 0, part);
            if read.document_info(id)?.is_none() {
                break;
            }
            ids.push(id);
        }
        let mut charts = Charts::open(read, &ids, CATALOGUE_BUCKETS)?;
        let mut planned = Planned::default();
        charts.take_into(target, PatientId::NIL, |_| (0, bucket), self.facts, &mut planned);
        charts.commit(target, &mut planned)?;
        Ok(planned)
    }
}

/// The patient's own record: new, or brought level with the source where that changed.
fn plan_record(
    target: Target<'_>,
    read: &ReadTx<'_>,
    id: PatientId,
    resource: Option<&Resource>,
    known: Vec<(EntryKey, Summary)>,
    news: &mut Vec<(EntryKey, Summary)>,
    planned: &mut Planned,
) -> Result<Option<LocalCommit>> {
    if read.document_info(id.cast())?.is_none() {
        let Some(resource) = resource else { return Ok(None) };
        let mut patient = patient_from(id, resource).map_err(|_| Error::Unreadable("resource"))?;
        for (key, summary) in known.into_iter().chain(news.drain(..)) {
            apply_summary(&mut patient, key, summary);
        }
        let (document, change) = Document::create(&(target.context)(), &patient)?;
        planned.count(Change::Created);
        return Ok(Some(LocalCommit::create(id.cast(), target.scope, &document, change)?));
    }
    let changed = |patient: &Patient, resource: &&Resource| patient.foreign.get(PATIENT_KEY) != Some(&resource.text);
    if resource.is_none() && news.is_empty() {
        return Ok(None);
    }
    let mut opened = read.open(id.cast())?;
    let patient: Patient = opened.document.record()?;
    let newer = resource.filter(|resource| changed(&patient, resource));
    if resource.is_some() {
        planned.count(if newer.is_some() { Change::Updated } else { Change::None });
    }
    let mut changes = Vec::new();
    if let Some(newer) = newer {
        let url = patient.foreign.get(posto_domain::fhir::FULL_URL_KEY);
        let came = patient.foreign.get(PATIENT_KEY).and_then(|text| Resource::parse(text, url.map(String::as_str)).ok());
        let before = came.and_then(|came| patient_from(id, &came).ok()).unwrap_or_else(|| Patient::new(id));
        let after = patient_from(id, newer).map_err(|_| Error::Unreadable("resource"))?;
        changes.extend(opened.document.edit_value(None, &(target.context)(), &json(&before)?, &json(&after)?)?);
    }
    let edit = opened.document.edit::<Patient, posto_documents::Error>(None, &(target.context)(), |patient| {
        news.drain(..).for_each(|(key, summary)| apply_summary(patient, key, summary));
        Ok(())
    })?;
    changes.extend(edit);
    if changes.is_empty() { Ok(None) } else { Ok(Some(LocalCommit::edit(&opened, changes)?)) }
}

/// A practitioner's record: new, or brought level with the source where that changed.
pub(super) fn plan_practitioner(
    target: Target<'_>,
    read: &ReadTx<'_>,
    id: PractitionerId,
    resource: &Resource,
) -> Result<Planned> {
    let mut planned = Planned::default();
    let unreadable = |_| Error::Unreadable("resource");
    let after = practitioner_from(id, resource).map_err(unreadable)?;
    if read.document_info(id.cast())?.is_none() {
        let (document, change) = Document::create(&(target.context)(), &after)?;
        planned.count(Change::Created);
        planned.commits.push(LocalCommit::create(id.cast(), target.scope, &document, change)?);
        return Ok(planned);
    }
    let mut opened = read.open(id.cast())?;
    let now: Practitioner = opened.document.record()?;
    if now.foreign.get(PRACTITIONER_KEY) == Some(&resource.text) {
        planned.count(Change::None);
        return Ok(planned);
    }
    let url = now.foreign.get(posto_domain::fhir::FULL_URL_KEY).map(String::as_str);
    let came = now.foreign.get(PRACTITIONER_KEY).and_then(|text| Resource::parse(text, url).ok());
    let before = came.and_then(|came| practitioner_from(id, &came).ok());
    let before = before.unwrap_or_else(|| Practitioner::new(id, posto_domain::parts::PersonName::default()));
    let change = opened.document.edit_value(None, &(target.context)(), &json(&before)?, &json(&after)?)?;
    planned.count(Change::Updated);
    if let Some(change) = change {
        planned.commits.push(LocalCommit::edit(&opened, vec![change])?);
    }
    Ok(planned)
}

impl Charts {
    fn open(read: &ReadTx<'_>, ids: &[DocumentId], stride: i64) -> Result<Self> {
        let mut charts = Self { works: Vec::new(), index: BTreeMap::new(), stride };
        for id in ids {
            let opened = read.open(*id)?;
            let chart: Chart = opened.document.record()?;
            charts.index.extend(chart.entries.keys().map(|key| (*key, charts.works.len())));
            let bytes = opened.document.size_bytes() as usize;
            let (before, after) = (chart.clone(), chart);
            charts.works.push(ChartWork { id: *id, opened: Some(opened), before, after, bytes, touched: false });
        }
        Ok(charts)
    }

    /// What the charts say already for a summary: the patient came after the facts.
    fn summaries(&self) -> Vec<(EntryKey, Summary)> {
        let entries = self.works.iter().flat_map(|work| &work.after.entries);
        let of = |entry: &ChartEntry| {
            let url = entry.source.as_deref().filter(|source| source.contains(':'));
            Summary::of(&Resource::parse(entry.foreign.as_deref()?, url).ok()?)
        };
        entries.filter_map(|(key, entry)| Some((*key, of(entry)?))).collect()
    }

    fn take(
        &mut self,
        target: Target<'_>,
        patient: PatientId,
        facts: Vec<Fact>,
        planned: &mut Planned,
    ) -> Vec<(EntryKey, Summary)> {
        self.take_into(target, patient, |entry| (fact_year(entry), 0), facts, planned)
    }

    /// Takes facts in; answers what of them is new for the summary. `place` says the year and the
    /// first part of it that a fact belongs to.
    fn take_into(
        &mut self,
        target: Target<'_>,
        patient: PatientId,
        place: impl Fn(&ChartEntry) -> (i64, i64),
        facts: Vec<Fact>,
        planned: &mut Planned,
    ) -> Vec<(EntryKey, Summary)> {
        let mut news = Vec::new();
        for Fact { key, mut entry, summary, .. } in facts {
            let known = self.index.get(&key).copied().and_then(|at| self.works.get_mut(at));
            let change = match known {
                Some(work) => match work.after.entries.get_mut(&key) {
                    Some(now) if now.foreign == entry.foreign => Change::None,
                    now => {
                        entry.note = now.and_then(|now| now.note.take());
                        work.bytes += cost(&entry);
                        work.after.entries.insert(key, entry);
                        work.touched = true;
                        Change::Updated
                    }
                },
                None => {
                    let (year, part) = place(&entry);
                    let at = self.room(target, patient, year, part, cost(&entry));
                    if let Some(work) = self.works.get_mut(at) {
                        work.bytes += cost(&entry);
                        work.after.entries.insert(key, entry);
                        work.touched = true;
                    }
                    self.index.insert(key, at);
                    Change::Created
                }
            };
            planned.count(change);
            if change != Change::None {
                news.extend(summary.map(|summary| (key, summary)));
            }
        }
        news
    }

    /// The chart with room for a new entry: the newest part of the year, or a next one.
    fn room(&mut self, target: Target<'_>, patient: PatientId, year: i64, first: i64, bytes: usize) -> usize {
        let newest = self
            .works
            .iter()
            .enumerate()
            .filter(|(_, work)| work.after.year == year)
            .max_by_key(|(_, work)| work.after.part)
            .map(|(at, work)| (at, work.after.part, work.bytes));
        let part = match newest {
            Some((at, _, used)) if used + bytes <= CHART_BYTES_MAX => return at,
            Some((_, part, _)) => part + self.stride,
            None => first,
        };
        let id = ResourceKey::chart(target.scope, patient, year, part);
        let empty = Chart { id, patient, year, part, entries: BTreeMap::new() };
        self.works.push(ChartWork { id, opened: None, before: empty.clone(), after: empty, bytes: 0, touched: false });
        self.works.len() - 1
    }

    fn commit(self, target: Target<'_>, planned: &mut Planned) -> Result<()> {
        for work in self.works.into_iter().filter(|work| work.touched) {
            let commit = match work.opened {
                None => {
                    let (document, change) = Document::create(&(target.context)(), &work.after)?;
                    Some(LocalCommit::create(work.id, target.scope, &document, change)?)
                }
                Some(mut opened) => {
                    let (before, after) = (json(&work.before)?, json(&work.after)?);
                    let change = opened.document.edit_value(None, &(target.context)(), &before, &after)?;
                    change.map(|change| LocalCommit::edit(&opened, vec![change])).transpose()?
                }
            };
            planned.commits.extend(commit);
        }
        Ok(())
    }
}

fn cost(entry: &ChartEntry) -> usize {
    ENTRY_BYTES + entry.foreign.as_ref().map_or(0, String::len)
}

fn json<T: serde::Serialize>(record: &T) -> Result<Value> {
    serde_json::to_value(record).map_err(|_| Error::Unreadable("record"))
}
