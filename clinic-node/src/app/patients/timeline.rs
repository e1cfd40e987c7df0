//! What happened to a patient: clinical facts, files and merges together, newest first.

use posto_api::Page;
use posto_api::history::{TimelineEntry, TimelineKind};
use posto_domain::chart::{ChartEntry, FactKind};
use posto_domain::merge_record::MergeRecord;
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::{EntryKey, Kind, PatientId};
use posto_store::TimelinePosition;

use super::super::audit::Access;
use super::super::page::PageRequest;
use super::super::time::signed_instant;
use super::super::{App, AppError, AppResult, Caller};
use super::view::merged_from;

/// An entry with its place in the order: time, then key.
type Placed = (String, EntryKey, TimelineEntry);

impl App {
    /// A patient's timeline. Facts of records that were merged into this one are in it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`]; [`AppError::InvalidRequest`] for a cursor that is none.
    pub fn patient_timeline(
        &self,
        caller: &Caller,
        id: PatientId,
        page: &PageRequest,
    ) -> AppResult<Page<TimelineEntry>> {
        let document = self.patient_document(id)?;
        self.authorize_patient(caller, Action::Read, &document, id)?;
        let sees_charts = self.may_read_charts(caller, id)?;
        let after = page.cursor.as_deref().map(position).transpose()?;
        let merges = self.store.read(|r| r.merges_into(id))?;
        let mut entries = self.merge_entries(&merges)?;
        for patient in std::iter::once(id).chain(merged_from(&merges)) {
            if sees_charts {
                let facts = self.store.read(|r| r.timeline(patient, after.as_ref(), page.limit + 1))?;
                entries.extend(facts.into_iter().map(|fact| {
                    let at = fact.entry.at.clone().unwrap_or_default();
                    (at, fact.key, fact_entry(fact.key.to_string(), fact.chart.to_string(), fact.entry))
                }));
            }
            entries.extend(self.attachment_entries(patient)?);
        }
        if let Some(after) = &after {
            entries.retain(|(at, key, _)| (at.as_str(), *key) < (after.at.as_str(), after.key));
        }
        entries.sort_by(|a, b| (&b.0, b.1).cmp(&(&a.0, a.1)));
        let more = entries.len() > page.limit;
        entries.truncate(page.limit);
        let next_cursor = entries.last().filter(|_| more).map(|(at, key, _)| format!("{key}{at}"));
        self.audit(Access::of(caller, "patient.timeline", Some((Kind::Patient, id.cast()))))?;
        Ok(Page { items: entries.into_iter().map(|(_, _, entry)| entry).collect(), next_cursor, total: None })
    }

    fn may_read_charts(&self, caller: &Caller, id: PatientId) -> AppResult<bool> {
        let resource = self.patient_resource(ResourceKind::Chart, id);
        Ok(self.decide(caller, Action::Read, &resource)?.is_allowed())
    }

    fn merge_entries(&self, merges: &[MergeRecord]) -> AppResult<Vec<Placed>> {
        let mut entries = Vec::new();
        for merge in merges {
            let at = signed_instant(merge.merged_at_ms).to_rfc3339();
            let entry = TimelineEntry {
                id: merge.id.to_string(),
                kind: TimelineKind::Merge,
                at: at.clone(),
                title: self.name_of(merge.merged_by)?,
                detail: None,
                status: Some(merge.status.to_string()),
                document_id: merge.id.to_string(),
            };
            entries.push((at, merge.id.cast(), entry));
        }
        Ok(entries)
    }

    fn attachment_entries(&self, patient: PatientId) -> AppResult<Vec<Placed>> {
        let attachments = self.store.read(|r| r.attachments_of(patient))?;
        let entries = attachments.into_iter().map(|attachment| {
            let at = signed_instant(attachment.uploaded_at_ms.unwrap_or_default()).to_rfc3339();
            let entry = TimelineEntry {
                id: attachment.id.to_string(),
                kind: TimelineKind::Attachment,
                at: at.clone(),
                title: attachment.title.unwrap_or(attachment.name),
                detail: attachment.category,
                status: None,
                document_id: attachment.id.to_string(),
            };
            (at, attachment.id.cast(), entry)
        });
        Ok(entries.collect())
    }
}

/// 26 characters of key, then the time.
fn position(cursor: &str) -> AppResult<TimelinePosition> {
    let (key, at) = cursor.split_at_checked(26).ok_or(AppError::InvalidRequest)?;
    let key = key.parse().map_err(|_| AppError::InvalidRequest)?;
    Ok(TimelinePosition { at: at.to_owned(), key })
}

fn fact_entry(id: String, document_id: String, fact: ChartEntry) -> TimelineEntry {
    let value = match (fact.value, fact.unit) {
        (Some(value), Some(unit)) => Some(format!("{value} {unit}")),
        (value, _) => value,
    };
    TimelineEntry {
        id,
        kind: fact.kind.as_ref().map_or(TimelineKind::Other, kind),
        at: fact.at.unwrap_or_default(),
        title: fact.text.or(fact.code).unwrap_or_default(),
        detail: value.or(fact.value_text).or(fact.note),
        status: fact.status,
        document_id,
    }
}

fn kind(fact: &FactKind) -> TimelineKind {
    match fact {
        FactKind::Encounter => TimelineKind::Encounter,
        FactKind::Condition => TimelineKind::Condition,
        FactKind::Allergy => TimelineKind::Allergy,
        FactKind::Observation => TimelineKind::Observation,
        FactKind::Medication => TimelineKind::Medication,
        FactKind::Immunization => TimelineKind::Immunization,
        FactKind::Procedure => TimelineKind::Procedure,
        FactKind::Document | FactKind::Report => TimelineKind::Document,
        _ => TimelineKind::Other,
    }
}
