//! Files of a patient: announced first, then sent in pieces that may be repeated after a break.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/attachments`: announces a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartAttachment {
    pub patient_id: String,
    /// File name as the person knows it; folders are cut off.
    pub name: String,
    /// Bytes; at most 100 MiB.
    pub size: u64,
    /// What the browser thinks it is; the content decides.
    pub media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A file of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    pub id: String,
    pub patient_id: String,
    pub name: String,
    pub size: u64,
    pub media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// BLAKE3 of the content, hexadecimal; absent until the upload is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    pub state: AttachmentState,
    /// Bytes that this node holds. An upload continues here.
    pub received: u64,
    pub created_at: DateTime<Utc>,
    /// Whether `/preview` answers an image.
    pub has_preview: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// Announced; the content is being sent from this desk.
    Uploading,
    /// The content is on this node.
    Ready,
    /// Known here, the content is still on its way from another node.
    Elsewhere,
}
