//! Registering a patient, once, after looking for the same person.

use posto_api::patient::{Patient as View, RegisterPatient};
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::tidy::Tidy as _;
use posto_domain::{Kind, Patient, PatientId};
use posto_store::WriteTx;
use serde_json::{Map, Value};

use super::super::audit::Access;
use super::super::{App, AppError, AppResult, Caller};
use super::edit::refusals;
use super::is_true;
use super::numbers::SERIES;

impl App {
    /// Registers a patient. Asking again with the same `request_id` answers the record that is there.
    ///
    /// # Errors
    /// [`AppError::Validation`], [`AppError::Duplicates`], [`AppError::Forbidden`].
    pub fn register_patient(&self, caller: &Caller, request: RegisterPatient) -> AppResult<View> {
        self.authorize(caller, Action::Create, &self.resource(ResourceKind::Patient), None)?;
        let id: PatientId = match &request.request_id {
            Some(id) => id.parse().map_err(|_| AppError::field("request_id", "not_an_id"))?,
            None => self.pen.id(),
        };
        if request.request_id.is_some() && self.store.read(|r| r.document_info(id.cast()))?.is_some() {
            return self.registered_before(caller, id);
        }
        let Value::Object(record) = request.record else { return Err(AppError::InvalidRequest) };
        let mut patient = self.patient_of(id, record)?;
        patient.restricted_by = patient.restricted.then(|| caller.user());
        if patient.restricted {
            self.authorize(caller, Action::Restrict, &self.resource(ResourceKind::Patient), None)?;
        }
        let violations = self.patient_errors(&patient)?;
        if !violations.is_empty() {
            return Err(refusals(violations));
        }
        if !request.confirm_new {
            let duplicates = self.duplicates_of(caller, &patient)?;
            if !duplicates.is_empty() {
                return Err(AppError::Duplicates(duplicates));
            }
        }
        let number = self.draw_number()?;
        patient.record_number = number;
        let access = Access::of(caller, "patient.create", Some((Kind::Patient, id.cast())));
        let entry = self.audit_entry(access);
        let note = move |tx: &WriteTx<'_>| tx.note_number(SERIES, id.cast(), number);
        let document = self.create_with(caller.user(), self.clinic_scope(), &patient, entry, note)?;
        self.patient_view(id, &document, None)
    }

    /// The record of a form, tidied.
    pub(super) fn patient_of(&self, id: PatientId, mut record: Map<String, Value>) -> AppResult<Patient> {
        self.accept(&mut record);
        record.retain(|_, value| !value.is_null());
        record.insert("id".into(), id.to_string().into());
        let mut patient: Patient =
            serde_json::from_value(Value::Object(record)).map_err(|_| AppError::InvalidRequest)?;
        patient.tidy(&*self.pack()?);
        Ok(patient)
    }

    /// The first answer was lost on its way; somebody else's record is nobody's business.
    fn registered_before(&self, caller: &Caller, id: PatientId) -> AppResult<View> {
        let document = self.patient_document(id)?;
        let first = document.change_infos().first().and_then(|info| info.author);
        if first != Some(caller.user()) {
            return Err(AppError::field("request_id", "taken"));
        }
        if is_true(&document.value()?, "restricted") {
            // Restricted since, perhaps by somebody else.
            self.authorize_patient(caller, Action::Read, &document, id)?;
        }
        self.patient_view(id, &document, None)
    }
}
