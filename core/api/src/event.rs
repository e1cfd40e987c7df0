//! Live events (`GET /api/events`, server-sent events): something changed, fetch what you show.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The `data:` of one event; the `event:` line carries the same word as `type`. Events name ids only, never
/// contents. An event named `resync` means that some were missed: fetch everything that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type")]
pub enum LiveEvent {
    #[serde(rename = "patient.changed")]
    PatientChanged { patient_id: String },
    #[serde(rename = "attachment.changed")]
    AttachmentChanged { attachment_id: String, patient_id: String },
    #[serde(rename = "conflict.changed")]
    ConflictChanged { open: u64 },
    #[serde(rename = "sync.changed")]
    SyncChanged,
    #[serde(rename = "session.changed")]
    SessionChanged,
    #[serde(rename = "resync")]
    Resync,
}

impl LiveEvent {
    /// The name on the `event:` line.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PatientChanged { .. } => "patient.changed",
            Self::AttachmentChanged { .. } => "attachment.changed",
            Self::ConflictChanged { .. } => "conflict.changed",
            Self::SyncChanged => "sync.changed",
            Self::SessionChanged => "session.changed",
            Self::Resync => "resync",
        }
    }
}
