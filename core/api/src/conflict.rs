//! Two people wrote different values into one field: both are kept until a person decides.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::history::Author;

/// One field with competing values; `GET /api/conflicts` lists them, safety-critical ones first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Conflict {
    pub id: String,
    pub document_id: String,
    /// `patient`, `attachment`, …
    pub document_kind: String,
    /// Name to show, where the reader may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_name: Option<String>,
    /// Path in the record, dots between keys.
    pub path: String,
    /// Allergies, doses, amounts: never settled by itself.
    pub safety_critical: bool,
    pub state: ConflictState,
    pub values: Vec<ConflictValue>,
    pub detected_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<Author>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<DateTime<Utc>>,
    /// Whether the reader decided it in this session: `undo` takes it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub can_undo: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictState {
    Open,
    Resolved,
}

/// One of the competing values: who wrote it and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConflictValue {
    /// Names the value in `resolve`.
    pub choice: String,
    /// Null where one side removed the field.
    pub value: Value,
    pub author: Author,
    pub at: DateTime<Utc>,
    /// The one that is shown meanwhile.
    pub current: bool,
}

/// `POST /api/conflicts/{id}/resolve`: one of the values, or another one. Exactly one of the two is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResolveConflict {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// A value that neither side wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// `POST /api/conflicts/{id}/undo`: which of the competing values becomes the record's again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UndoConflict {
    /// Needed where more than one value was not chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
}
