//! Finding, registering, reading, editing and merging patients.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::history::Author;
use crate::patient_record::PatientRecord;

/// `GET /api/patients`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindPatients {
    /// Names, phone or document digits, record number, birth date; accents, order, punctuation and one typo do
    /// not matter. Empty: those changed last.
    #[serde(default)]
    pub q: Option<String>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// 1 to 100, 20 if absent.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// One line of a result list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatientSummary {
    pub id: String,
    /// The name to call the person by: the social name where there is one.
    pub name: String,
    /// The civil name, where it differs from `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub civil_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// A document number to tell people of the same name apart, all but its last digits hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    pub deceased: bool,
    /// Allergies or alerts are on record.
    pub has_alerts: bool,
    /// Only the patient's own team opens the record. For everybody else the line says who the person is and nothing
    /// more: no telephone, sex, alerts or photo.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// The attachment that is the person's photo: `GET /api/patients/{id}/photo` shows it small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// Set where the record was merged into another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
}

/// A patient's record with the version it stands at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Patient {
    pub id: String,
    /// Heads of the document, hexadecimal: send them back as `If-Match` with a change. The same text,
    /// joined by commas and quoted, is the `ETag`.
    pub heads: Vec<String>,
    /// The name to call the person by.
    pub display_name: String,
    /// The record itself, fields that this version does not know included.
    #[schema(value_type = PatientRecord)]
    pub record: Value,
    /// Fields with competing values that wait for a person.
    pub open_conflicts: Vec<OpenConflict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// Records that were merged into this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_from: Vec<String>,
    pub changed_at: DateTime<Utc>,
    pub changed_by: Author,
    /// Saved here, but not yet acknowledged by the server.
    pub waiting_to_sync: bool,
    /// With `?as_of=`: the record as it stood then. It cannot be edited.
    pub historical: bool,
    /// The caller sees it in a declared emergency, which ends then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_until: Option<DateTime<Utc>>,
}

/// `POST /api/patients/{id}/break-glass`: opens one record for three hours, in this session only. Every look at it is
/// flagged in the audit trail, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreakGlass {
    /// What happened, 10 to 500 characters.
    pub reason: String,
}

/// An emergency that was declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Emergency {
    pub until: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenConflict {
    pub conflict_id: String,
    /// Path in the record, dots between keys.
    pub path: String,
    pub safety_critical: bool,
}

/// `POST /api/patients`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RegisterPatient {
    /// The record without `id` and `record_number`; the node draws both. Keys of collections may be any text: the
    /// node replaces those that are no ULIDs.
    #[schema(value_type = PatientRecord)]
    pub record: Value,
    /// The person at the desk looked at the possible duplicates and says that this is somebody else.
    #[serde(default)]
    pub confirm_new: bool,
    /// Drawn by the client, a ULID: repeating the request does not register twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// `POST /api/patients/duplicates`: asks before saving, while the form is being filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckDuplicates {
    #[schema(value_type = PatientRecord)]
    pub record: Value,
}

/// Answer of `POST /api/patients/duplicates`, most likely first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Duplicates {
    pub items: Vec<DuplicateCandidate>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateCandidate {
    pub patient: PatientSummary,
    /// 0 to 1.
    pub score: f64,
    /// What agrees: `document`, `phone`, `name_and_birth_date`, `similar_name`, …
    pub reasons: Vec<String>,
}

/// `GET /api/patients/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReadPatient {
    /// RFC 3339 time, or hashes of changes joined by commas.
    #[serde(default)]
    pub as_of: Option<String>,
}

/// `POST /api/patients/{id}/merge`: `other` is joined into `{id}`, which stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MergePatients {
    pub other: String,
}

/// `POST /api/patients/{id}/unmerge`: separates `other` from `{id}` again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnmergePatients {
    pub other: String,
}
