//! Two people wrote different values into one field: a task for a person to decide.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{DocumentId, UserId};
use crate::kind::Kind;
use crate::open_enum::open_enum;
use crate::parts::{Entries, is_false};
use crate::record::record;

open_enum! {
    /// Where a conflict stands.
    pub enum ConflictStatus { Open = "open", Resolved = "resolved", Superseded = "superseded" }
}

/// One field of one document in which values compete. Every node that sees the conflict derives the same
/// task id from the document and path, so that one conflict is one task however many nodes find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictTask {
    pub id: DocumentId,
    pub subject: DocumentId,
    /// Kind code of the subject.
    pub subject_kind: i64,
    /// `.`-separated path of the field.
    pub path: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub safety_critical: bool,
    pub status: ConflictStatus,
    /// The competing values.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub values: Entries<CompetingValue>,
    /// JSON text of the value a person chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at_ms: Option<TimestampMs>,
}

record!(ConflictTask, Kind::ConflictTask);

/// One of the values that compete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompetingValue {
    /// JSON text.
    pub value: String,
    pub author: UserId,
    pub written_at_ms: TimestampMs,
    /// The change that wrote it, hexadecimal.
    pub change: String,
}
