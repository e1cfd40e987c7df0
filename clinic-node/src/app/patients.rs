//! Patients: found, registered, read, edited, merged.

mod duplicates;
mod edit;
mod find;
mod history;
mod merge;
mod numbers;
mod photo;
mod register;
mod restriction;
mod tidy;
mod timeline;
mod view;

pub(crate) use numbers::{Numbers, SERIES};
pub(crate) use photo::Faces;

use posto_documents::{AsOf, Document};
use posto_domain::policy::{Action, Resource, ResourceKind};
use posto_domain::validate::{Rules, Strictness, Validate};
use posto_domain::violation::{Severity, Violation};
use posto_domain::{Kind, Patient, PatientId};

use super::audit::Access;
use super::time::instant;
use super::{App, AppError, AppResult, Caller};

impl App {
    /// A patient's record, now or as it was.
    ///
    /// # Errors
    /// [`super::AppError::NotFound`], [`super::AppError::Forbidden`]; what keeps the record from being read.
    pub fn read_patient(
        &self,
        caller: &Caller,
        id: PatientId,
        as_of: Option<&AsOf>,
    ) -> AppResult<posto_api::patient::Patient> {
        let document = self.patient_document(id)?;
        let action = if as_of.is_some() { Action::History } else { Action::Read };
        self.authorize_patient(caller, action, &document, id)?;
        let mut view = self.patient_view(id, &document, as_of)?;
        view.emergency_until = self.emergency(caller, id).map(|emergency| instant(emergency.until_ms));
        self.audit(Access::of(caller, "patient.read", Some((Kind::Patient, id.cast()))))?;
        Ok(view)
    }

    /// A document that is a patient of this clinic.
    pub(super) fn patient_document(&self, id: PatientId) -> AppResult<Document> {
        let document = self.open_document(id.cast())?;
        if document.kind() == Kind::Patient { Ok(document) } else { Err(AppError::NotFound) }
    }

    /// Whoever may not read a patient's record may not see what hangs on it. A patient who has not arrived here yet
    /// keeps nobody out.
    pub(crate) fn authorize_reading(&self, caller: &Caller, id: PatientId) -> AppResult<()> {
        match self.open_document(id.cast()) {
            Ok(document) => self.authorize_patient(caller, Action::Read, &document, id),
            Err(AppError::Store(posto_store::Error::NoSuchDocument(_))) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn authorize_patient(
        &self,
        caller: &Caller,
        action: Action,
        document: &Document,
        id: PatientId,
    ) -> AppResult<()> {
        let patient = document.record::<Patient>().ok();
        let mut resource = self.patient_facts(id, patient.as_ref());
        // A record of another form than this version knows keeps its restriction.
        resource.restricted |= patient.is_none() && is_true(&document.value()?, "restricted");
        self.authorize(caller, action, &resource, Some((Kind::Patient, id.cast())))
    }

    /// A patient as the policies see one.
    pub(crate) fn patient_facts(&self, id: PatientId, patient: Option<&Patient>) -> Resource {
        let clinic = self.identity.place.clinic.id;
        let restricted = patient.is_some_and(|patient| patient.restricted);
        Resource::of(ResourceKind::Patient, clinic)
            .about(id)
            .at(patient.and_then(|patient| patient.care_location))
            .in_charge(patient.and_then(|patient| patient.managing_practitioner))
            .owned_by(patient.and_then(|patient| patient.restricted_by).filter(|_| restricted))
            .restricted(restricted)
    }

    /// What keeps the record from being saved at the desk.
    fn patient_errors(&self, patient: &Patient) -> AppResult<Vec<Violation>> {
        let pack = self.pack()?;
        let rules = Rules {
            today: self.today()?,
            pack: &pack,
            jurisdictions: self.jurisdictions()?,
            strictness: Strictness::Desk,
        };
        let mut violations = patient.validate(&rules);
        violations.retain(|violation| violation.severity == Severity::Error);
        Ok(violations)
    }
}

fn is_true(record: &serde_json::Value, field: &str) -> bool {
    record.get(field).and_then(serde_json::Value::as_bool) == Some(true)
}
