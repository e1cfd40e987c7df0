//! Conflicts of restricted records: shown to and decided by the patient's own team only.

use std::collections::BTreeSet;

use posto_domain::policy::Action;
use posto_domain::{DocumentId, Kind, Patient, PatientId};
use serde_json::Value;

use super::super::{App, AppError, AppResult, Caller};

impl App {
    /// Those of the records that a list of conflicts leaves out for this caller.
    pub(super) fn closed_subjects(
        &self,
        caller: &Caller,
        subjects: impl Iterator<Item = (DocumentId, Kind)>,
    ) -> AppResult<BTreeSet<DocumentId>> {
        let mut closed = BTreeSet::new();
        for (id, kind) in subjects.collect::<BTreeSet<_>>() {
            if let Some(patient) = self.restricted_patient(id, kind)?
                && !self.is_open_to(caller, patient)?
            {
                closed.insert(id);
            }
        }
        Ok(closed)
    }

    /// Whoever may not open a restricted record sees none of its competing values.
    pub(super) fn authorize_subject(&self, caller: &Caller, id: DocumentId, kind: Kind) -> AppResult<()> {
        match self.restricted_patient(id, kind)? {
            Some(patient) => self.authorize_reading(caller, patient),
            None => Ok(()),
        }
    }

    /// Who is of the team is decided by those who may restrict a record.
    pub(super) fn authorize_deciding(
        &self,
        caller: &Caller,
        id: DocumentId,
        kind: Kind,
        path: &str,
    ) -> AppResult<()> {
        let is_about_it = matches!(path, "restricted" | "restricted_by" | "managing_practitioner");
        let Some(patient) = self.restricted_patient(id, kind)?.filter(|_| is_about_it) else { return Ok(()) };
        let now: Option<Patient> = self.patient_document(patient)?.record().ok();
        let resource = self.patient_facts(patient, now.as_ref());
        self.authorize(caller, Action::Restrict, &resource, Some((Kind::Patient, patient.cast())))
    }

    /// The patient a record is about, if theirs is restricted.
    fn restricted_patient(&self, id: DocumentId, kind: Kind) -> AppResult<Option<PatientId>> {
        let patient = match kind {
            Kind::Patient => Some(id.cast()),
            _ => match self.open_document(id) {
                Ok(document) => {
                    document.value()?.get("patient").and_then(Value::as_str).and_then(|p| p.parse().ok())
                }
                Err(AppError::Store(posto_store::Error::NoSuchDocument(_))) => None,
                Err(error) => return Err(error),
            },
        };
        let Some(patient) = patient else { return Ok(None) };
        let row = self.store.read(|r| r.patient_row(patient))?;
        Ok(row.filter(|row| row.restricted).map(|row| row.id))
    }
}
