//! Who changed what and when, and the timeline of a patient.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// `GET /api/patients/{id}/history`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
    /// Hash of the change, hexadecimal. `?as_of=<hash>` shows the record right after it.
    pub change: String,
    /// What the writing desk's clock said.
    pub at: DateTime<Utc>,
    pub author: Author,
    pub fields: Vec<FieldChange>,
    /// Changes that other desks made at the same time without seeing this one.
    pub concurrent: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Author {
    /// Id of the user; absent for imports and the system itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Name to show: the user's, or `import`, `system`.
    pub name: String,
}

/// One leaf that a change touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// Path in the record, dots between keys.
    pub path: String,
    /// Absent where the field was not there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Absent where the field was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// `GET /api/patients/{id}/timeline`, newest first: clinical facts, attachments and changes together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    pub id: String,
    pub kind: TimelineKind,
    /// When it happened (not when it was written down); RFC 3339 or a plain date.
    pub at: String,
    /// One line to show: the display text of the code, the file's name, …
    pub title: String,
    /// Value with unit, dose, status, … where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Document that holds it (a chart, an attachment, the patient).
    pub document_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    Registered,
    Changed,
    Encounter,
    Condition,
    Allergy,
    Observation,
    Medication,
    Immunization,
    Procedure,
    Document,
    Attachment,
    Merge,
    Other,
}
