//! A patient's record as the screens get it.

use posto_api::history::Author;
use posto_api::patient::{OpenConflict, Patient as View};
use posto_documents::{AsOf, Document};
use posto_domain::merge_record::{MergeRecord, MergeStatus};
use posto_domain::{PatientId, UserId};
use serde_json::Value;

use super::super::time::signed_instant;
use super::super::write::head_texts;
use super::super::{App, AppError, AppResult};

impl App {
    /// The record with the version it stands at and what else belongs on the page.
    pub(super) fn patient_view(
        &self,
        id: PatientId,
        document: &Document,
        as_of: Option<&AsOf>,
    ) -> AppResult<View> {
        let mut record = match as_of {
            Some(moment) => document.at(moment)?,
            None => document.value()?,
        };
        if let Some(fields) = record.as_object_mut() {
            // An empty collection says nothing: it is absent.
            fields.retain(|_, value| value.as_object().is_none_or(|entries| !entries.is_empty()));
        }
        if record.get("id").is_none() {
            // Nothing had been written at that time yet.
            return Err(AppError::NotFound);
        }
        let heads = match as_of {
            Some(AsOf::Heads(heads)) => heads.clone(),
            Some(AsOf::Time(time_ms)) => document.heads_at(*time_ms),
            None => document.heads(),
        };
        let newest = heads.iter().filter_map(|head| document.change_info(head)).max_by_key(|info| info.hlc);
        let author = newest.as_ref().and_then(|info| info.author);
        let (conflicts, merges, waiting) = self.store.read(|r| {
            let found = (r.conflicts_of(id.cast())?, r.merges_into(id)?);
            Ok::<_, posto_store::Error>((found.0, found.1, r.is_pending(id.cast())?))
        })?;
        let open_conflicts = conflicts.iter().map(|conflict| OpenConflict {
            conflict_id: super::super::conflicts::ConflictId::of(conflict).to_string(),
            path: conflict.path.clone(),
            safety_critical: conflict.safety_critical,
        });
        Ok(View {
            id: id.to_string(),
            heads: head_texts(&heads),
            display_name: display_name(&record),
            merged_into: record.get("merged_into").and_then(Value::as_str).map(str::to_owned),
            open_conflicts: if as_of.is_some() { Vec::new() } else { open_conflicts.collect() },
            merged_from: merged_from(&merges).map(|id| id.to_string()).collect(),
            changed_at: signed_instant(newest.map_or(0, |info| info.time_ms)),
            changed_by: self.author(author)?,
            waiting_to_sync: waiting && !self.is_standalone(),
            historical: as_of.is_some(),
            emergency_until: None,
            record,
        })
    }

    /// An author for people to read.
    pub(crate) fn author(&self, author: Option<UserId>) -> AppResult<Author> {
        let Some(author) = author else { return Ok(Author { user_id: None, name: String::new() }) };
        let user_id = (!author.is_reserved()).then(|| author.to_string());
        Ok(Author { user_id, name: self.name_of(author)? })
    }
}

/// Patients whose records were merged into one and not separated again.
pub(super) fn merged_from(merges: &[MergeRecord]) -> impl Iterator<Item = PatientId> + '_ {
    merges.iter().filter(|merge| merge.status == MergeStatus::Merged).map(|merge| merge.retired)
}

/// The name to show, also of a record that does not fit its type.
fn display_name(record: &Value) -> String {
    if let Some(social) = record.get("social_name").and_then(Value::as_str) {
        return social.to_owned();
    }
    let name = record.get("name").cloned().unwrap_or_default();
    let name: posto_domain::parts::PersonName = serde_json::from_value(name).unwrap_or_default();
    name.display()
}
