//! What belongs to a patient beside the record itself: consents, caregivers, merges, tasks; and the
//! people and rooms that treat them are plain records ([`crate::ReadTx::records`]).

use posto_domain::caregiver_link::CaregiverLink;
use posto_domain::conflict_task::ConflictTask;
use posto_domain::consent::Consent;
use posto_domain::id::{DocumentId, PatientId};
use posto_domain::merge_record::MergeRecord;

use crate::error::Result;
use crate::transaction::ReadTx;

impl ReadTx<'_> {
    /// All decisions of a patient, in the order they were first seen.
    ///
    /// # Errors
    /// Of the database.
    pub fn consents_of(&self, patient: PatientId) -> Result<Vec<Consent>> {
        self.records_about(patient.cast())
    }

    /// A patient's caregivers, revoked ones too.
    ///
    /// # Errors
    /// Of the database.
    pub fn caregivers_of(&self, patient: PatientId) -> Result<Vec<CaregiverLink>> {
        self.records_about(patient.cast())
    }

    /// Merges in which the patient is the record that goes on.
    ///
    /// # Errors
    /// Of the database.
    pub fn merges_into(&self, survivor: PatientId) -> Result<Vec<MergeRecord>> {
        self.records_about(survivor.cast())
    }

    /// Merges in which the patient is the record that was put aside.
    ///
    /// # Errors
    /// Of the database.
    pub fn merges_of(&self, retired: PatientId) -> Result<Vec<MergeRecord>> {
        self.records_with_key(&retired.to_string())
    }

    /// Conflict tasks with this status (`open`).
    ///
    /// # Errors
    /// Of the database.
    pub fn conflict_tasks(&self, status: &str) -> Result<Vec<ConflictTask>> {
        self.records_with_key(status)
    }

    /// Conflict tasks about one document.
    ///
    /// # Errors
    /// Of the database.
    pub fn conflict_tasks_of(&self, subject: DocumentId) -> Result<Vec<ConflictTask>> {
        self.records_about(subject)
    }
}
