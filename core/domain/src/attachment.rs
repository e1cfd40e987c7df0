//! A file kept with a record: what it is, and the hash its content is found by.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{AttachmentId, DocumentId, PatientId, UserId};
use crate::kind::Kind;
use crate::parts::{Entries, ExternalId, Foreign, is_false};
use crate::record::record;

/// An attachment. The content itself travels apart from records and is found by `blake3`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The document it belongs to, where not the patient itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<DocumentId>,
    /// File name as uploaded.
    pub name: String,
    /// Media type, found in the content and not believed from the name.
    pub mime: String,
    pub size_bytes: i64,
    /// BLAKE3 of the content, hexadecimal.
    pub blake3: String,
    /// What it shows (`photo`, `lab_report`, `consent_form`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploaded_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploaded_at_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub external_ids: Entries<ExternalId>,
    #[serde(default, skip_serializing_if = "Foreign::is_empty")]
    pub foreign: Foreign,
}

record!(Attachment, Kind::Attachment);
