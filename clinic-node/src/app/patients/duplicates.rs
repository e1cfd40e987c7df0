//! Whom a new patient could already be, before anything is saved.

use posto_api::patient::{DuplicateCandidate, Duplicates};
use posto_domain::duplicates::{Reason, score};
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::{Patient, PatientId};
use serde_json::Value;

use super::super::audit::Access;
use super::super::{App, AppError, AppResult, Caller};

/// Records that are weighed, and that are shown.
const WEIGHED_MAX: usize = 60;
const SHOWN_MAX: usize = 8;

impl App {
    /// Whom the person in a form could already be, most likely first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::InvalidRequest`].
    pub fn possible_duplicates(&self, caller: &Caller, record: Value) -> AppResult<Duplicates> {
        self.authorize(caller, Action::Search, &self.resource(ResourceKind::Patient), None)?;
        let Value::Object(record) = record else { return Err(AppError::InvalidRequest) };
        let id =
            record.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok()).unwrap_or(PatientId::NIL);
        let items = self.duplicates_of(caller, &self.patient_of(id, record)?)?;
        self.audit(Access::of(caller, "patient.duplicates", None).detail(format!("{} found", items.len())))?;
        Ok(Duplicates { items })
    }

    /// Records that could be the same person's, weighed.
    pub(super) fn duplicates_of(
        &self,
        caller: &Caller,
        patient: &Patient,
    ) -> AppResult<Vec<DuplicateCandidate>> {
        let pack = self.pack()?;
        let unique: Vec<&str> =
            pack.documents.iter().filter(|kind| kind.unique).map(|kind| kind.kind.as_str()).collect();
        let mut found = self.store.read(|r| {
            let mut found = Vec::new();
            for id in r.duplicate_candidates(patient, WEIGHED_MAX)? {
                // A record that cannot be read is no reason not to register somebody.
                let Ok(existing) = r.record::<Patient>(id.cast()) else { continue };
                if existing.merged_into.is_some() {
                    continue;
                }
                let Some(found_match) = score(patient, &existing, &unique) else { continue };
                if let Some(row) = r.patient_row(id)? {
                    found.push((found_match, row));
                }
            }
            Ok::<_, posto_store::Error>(found)
        })?;
        found.sort_by(|a, b| b.0.score.cmp(&a.0.score).then(a.1.id.cmp(&b.1.id)));
        found.truncate(SHOWN_MAX);
        let candidates = found.into_iter().map(|(found, row)| {
            Ok(DuplicateCandidate {
                patient: self.summary(caller, row)?,
                score: f64::from(found.score) / 100.0,
                reasons: found.reasons.iter().map(word).collect(),
            })
        });
        candidates.collect()
    }
}

/// The reason's word in JSON.
fn word(reason: &Reason) -> String {
    serde_json::to_value(reason).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
