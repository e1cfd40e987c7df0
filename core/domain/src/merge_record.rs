//! Two patient records joined into one: what was taken over, so that it can be undone.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{DocumentId, PatientId, UserId};
use crate::kind::Kind;
use crate::open_enum::open_enum;
use crate::parts::Entries;
use crate::record::record;

open_enum! {
    /// Where a merge stands.
    pub enum MergeStatus { Merged = "merged", Undone = "undone" }
}

/// A merge of two patients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRecord {
    pub id: DocumentId,
    /// The record that goes on.
    pub survivor: PatientId,
    /// The record that was put aside; it points at the survivor.
    pub retired: PatientId,
    pub status: MergeStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub merged_by: UserId,
    pub merged_at_ms: TimestampMs,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at_ms: Option<TimestampMs>,
    /// What was written into the survivor.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub moves: Entries<MergeMove>,
}

record!(MergeRecord, Kind::MergeRecord);

/// One value taken over into the survivor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeMove {
    /// Field of the survivor, or `collection/entry key`.
    pub path: String,
    /// JSON text written there; absent when the field was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// JSON text that stood there before; absent when nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}
