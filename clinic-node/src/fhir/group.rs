//! What belongs together is written together: a patient with the facts of a batch, a practitioner, a
//! part of the catalogue.

use std::collections::BTreeMap;

use posto_documents::Document;
use posto_domain::chart::{Chart, ChartEntry};
use posto_domain::fhir::{
    FULL_URL_KEY, News, PATIENT_KEY, PRACTITIONER_KEY, REPLACED_KEY, Resource, ResourceKey, Summary,
    Versions, apply_summary, fact_year, patient_from, practitioner_from,
};
use posto_domain::parts::{Foreign, PersonName};
use posto_domain::practitioner::Practitioner;
use posto_domain::{DocumentId, EntryKey, Patient, PatientId, PractitionerId};
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
    /// The patient's resource; more than one where a batch holds several versions, oldest first.
    pub(super) versions: Vec<Resource>,
    pub(super) facts: Vec<Fact>,
    pub(super) places: Vec<Place>,
}

/// What becomes of a group.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) commits: Vec<LocalCommit>,
    /// A patient new with this plan, and the record number if there was one.
    pub(super) numbered: Option<(DocumentId, Option<i64>)>,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
}

impl Planned {
    fn count(&mut self, news: News) {
        match news {
            News::First => self.created += 1,
            News::Newer => self.updated += 1,
            News::Known => self.unchanged += 1,
        }
    }

    /// Runs a resource's versions past a record; answers the one that counts afterwards, if it is
    /// not the one the record has.
    fn newest<'r>(&mut self, versions: &mut Versions, resources: &'r [Resource]) -> Option<&'r Resource> {
        let mut newest = None;
        for resource in resources {
            let news = versions.take(&resource.text);
            self.count(news);
            if news != News::Known {
                newest = Some(resource);
            }
        }
        newest
    }
}

/// A chart document and what it will say.
struct ChartWork {
    opened: Option<OpenDocument>,
    before: Chart,
    after: Chart,
    bytes: usize,
    touched: bool,
}

impl ChartWork {
    fn put(&mut self, key: EntryKey, entry: ChartEntry) {
        self.bytes += cost(&entry);
        self.after.entries.insert(key, entry);
        self.touched = true;
    }

    /// Takes a version of a fact that is here; what people noted on it stays.
    fn replace(&mut self, key: EntryKey, mut entry: ChartEntry) -> News {
        let Some(now) = self.after.entries.get(&key) else { return News::Known };
        let mut versions = Versions::new(now.foreign.as_ref(), now.replaced.as_ref());
        let news = versions.take(entry.foreign.as_deref().unwrap_or_default());
        if news == News::Known {
            return self.link(key, entry.same_as);
        }
        entry.note.clone_from(&now.note);
        entry.replaced = versions.replaced();
        self.put(key, entry);
        news
    }
}

impl ChartWork {
    /// A resource that is here already turned out to be one of the clinic's own places since.
    fn link(&mut self, key: EntryKey, same_as: Option<DocumentId>) -> News {
        match self.after.entries.get_mut(&key) {
            Some(entry) if same_as.is_some() && entry.same_as != same_as => {
                entry.same_as = same_as;
                self.touched = true;
                News::Newer
            }
            _ => News::Known,
        }
    }
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
    pub(super) fn plan_patient(
        self,
        target: Target<'_>,
        read: &ReadTx<'_>,
        id: PatientId,
    ) -> Result<Planned> {
        let ids = read.charts_of(id)?;
        let mut charts = Charts::open(read, &ids, 1)?;
        let mut planned = Planned::default();
        let known: Vec<(EntryKey, Summary)> = match read.document_info(id.cast())? {
            None if !self.versions.is_empty() => charts.summaries(),
            _ => Vec::new(),
        };
        let mut news = known;
        news.extend(charts.take(target, id, self.facts, &mut planned));
        if let Some(commit) = plan_record(target, read, id, &self.versions, news, &mut planned)? {
            planned.commits.push(commit);
        }
        charts.commit(target, &mut planned)?;
        Ok(planned)
    }

    /// Plans a bucket of the catalogue.
    pub(super) fn plan_catalogue(
        self,
        target: Target<'_>,
        read: &ReadTx<'_>,
        bucket: i64,
    ) -> Result<Planned> {
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
    resources: &[Resource],
    news: Vec<(EntryKey, Summary)>,
    planned: &mut Planned,
) -> Result<Option<LocalCommit>> {
    if read.document_info(id.cast())?.is_none() {
        let mut versions = Versions::default();
        let Some(resource) = planned.newest(&mut versions, resources) else { return Ok(None) };
        let mut patient = patient_from(id, resource).map_err(unreadable)?;
        keep_replaced(&mut patient.foreign, &versions);
        for (key, summary) in news {
            apply_summary(&mut patient, key, summary);
        }
        patient.record_number = (target.number)()?;
        planned.numbered = Some((id.cast(), patient.record_number));
        let change = Document::first_change(&(target.context)(), &patient)?;
        return Ok(Some(LocalCommit::create(target.scope, &patient, change)?));
    }
    if resources.is_empty() && news.is_empty() {
        return Ok(None);
    }
    let mut opened = read.open(id.cast())?;
    let patient: Patient = opened.document.record()?;
    let mut changes = Vec::new();
    let mut versions = versions_of(&patient.foreign, PATIENT_KEY);
    if let Some(newer) = planned.newest(&mut versions, resources) {
        let mut before = came(&patient.foreign, PATIENT_KEY)
            .and_then(|came| patient_from(id, &came).ok())
            .unwrap_or_else(|| Patient::new(id));
        before.foreign.extend(patient.foreign);
        let mut after = patient_from(id, newer).map_err(unreadable)?;
        keep_replaced(&mut after.foreign, &versions);
        changes.extend(opened.document.edit_value(
            None,
            &(target.context)(),
            &json(&before)?,
            &json(&after)?,
        )?);
    }
    let edit =
        opened.document.edit::<Patient, posto_documents::Error>(None, &(target.context)(), |patient| {
            news.into_iter().for_each(|(key, summary)| apply_summary(patient, key, summary));
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
    resources: &[Resource],
) -> Result<Planned> {
    let mut planned = Planned::default();
    if read.document_info(id.cast())?.is_none() {
        let mut versions = Versions::default();
        let Some(resource) = planned.newest(&mut versions, resources) else { return Ok(planned) };
        let mut practitioner = practitioner_from(id, resource).map_err(unreadable)?;
        keep_replaced(&mut practitioner.foreign, &versions);
        let change = Document::first_change(&(target.context)(), &practitioner)?;
        planned.commits.push(LocalCommit::create(target.scope, &practitioner, change)?);
        return Ok(planned);
    }
    let mut opened = read.open(id.cast())?;
    let practitioner: Practitioner = opened.document.record()?;
    let mut versions = versions_of(&practitioner.foreign, PRACTITIONER_KEY);
    if let Some(newer) = planned.newest(&mut versions, resources) {
        let mut before = came(&practitioner.foreign, PRACTITIONER_KEY)
            .and_then(|came| practitioner_from(id, &came).ok())
            .unwrap_or_else(|| Practitioner::new(id, PersonName::default()));
        before.foreign.extend(practitioner.foreign);
        let mut after = practitioner_from(id, newer).map_err(unreadable)?;
        keep_replaced(&mut after.foreign, &versions);
        let change =
            opened.document.edit_value(None, &(target.context)(), &json(&before)?, &json(&after)?)?;
        if let Some(change) = change {
            planned.commits.push(LocalCommit::edit(&opened, vec![change])?);
        }
    }
    Ok(planned)
}

/// The resource a record came from.
fn came(foreign: &Foreign, key: &str) -> Option<Resource> {
    Resource::parse(foreign.get(key)?, foreign.get(FULL_URL_KEY).map(String::as_str)).ok()
}

fn versions_of(foreign: &Foreign, key: &str) -> Versions {
    Versions::new(foreign.get(key), foreign.get(REPLACED_KEY))
}

fn keep_replaced(foreign: &mut Foreign, versions: &Versions) {
    foreign.extend(versions.replaced().map(|marks| (REPLACED_KEY.to_owned(), marks)));
}

fn unreadable(_: posto_domain::fhir::Problem) -> Error {
    Error::Unreadable("resource")
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
            charts.works.push(ChartWork { opened: Some(opened), before, after, bytes, touched: false });
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
        for Fact { key, entry, summary, .. } in facts {
            let known = self.index.get(&key).copied().and_then(|at| self.works.get_mut(at));
            let change = match known {
                Some(work) => work.replace(key, entry),
                None => {
                    let (year, part) = place(&entry);
                    let at = self.room(target, patient, year, part, cost(&entry));
                    if let Some(work) = self.works.get_mut(at) {
                        work.put(key, entry);
                    }
                    self.index.insert(key, at);
                    News::First
                }
            };
            planned.count(change);
            if change != News::Known {
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
        self.works.push(ChartWork {
            opened: None,
            before: empty.clone(),
            after: empty,
            bytes: 0,
            touched: false,
        });
        self.works.len() - 1
    }

    fn commit(self, target: Target<'_>, planned: &mut Planned) -> Result<()> {
        for work in self.works.into_iter().filter(|work| work.touched) {
            let commit = match work.opened {
                None => {
                    let change = Document::first_change(&(target.context)(), &work.after)?;
                    Some(LocalCommit::create(target.scope, &work.after, change)?)
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
