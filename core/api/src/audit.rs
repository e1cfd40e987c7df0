//! Who saw or did what: the rows of the audit trail.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One row of the trail, newest first in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    pub seq: u64,
    pub at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    pub user_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `patient.read`, `patient.update`, `break_glass.use`, …; the policies' word alone where it was refused.
    pub action: String,
    /// Kind and id of what was touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The reason given, where one is asked for: an emergency, an export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// `ok` or `refused`.
    pub outcome: String,
    /// What else belongs to it: paths of changed fields, how many were found. Never contents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
