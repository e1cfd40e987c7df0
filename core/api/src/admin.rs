//! The console of the server: clinics, locations, people, nodes and how they are doing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::session::Named;

/// `POST /api/session` at the server.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct AdminSignIn {
    pub email: String,
    pub password: String,
}

/// Who is signed in at the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AdminSession {
    pub user: AdminSessionUser,
    /// Send it back as `x-posto-csrf` on every write.
    pub csrf_token: String,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminSessionUser {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: String,
    /// Absent: every clinic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clinic: Option<Named>,
}

/// A clinic as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminClinic {
    pub id: String,
    pub name: String,
    /// Code of the jurisdiction pack.
    #[schema(example = "BR")]
    pub jurisdiction: String,
    pub locations: Vec<Named>,
    /// Documents by kind, over all scopes of the clinic.
    pub counts: BTreeMap<String, u64>,
}

/// `POST /api/clinics`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewClinic {
    pub name: String,
    pub jurisdiction: String,
}

/// `POST /api/clinics/{id}/locations`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewLocation {
    pub name: String,
}

/// A node and how it is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AdminNode {
    pub id: String,
    pub name: String,
    pub clinic: Named,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Named>,
    pub online: bool,
    /// It confirmed everything the server holds for it.
    pub in_sync: bool,
    /// Changes the server holds that the node has not confirmed.
    pub behind: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Its software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The server's clock minus the node's, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
    pub enrolled_at: DateTime<Utc>,
    pub certificate_until: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Changes of it that the server refused and keeps for a person to look at.
    pub refused: u64,
    /// Times node and server had to compare everything since the server started.
    pub repairs: u64,
}

/// `POST /api/nodes/{id}/revoke`; the body may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct RevokeNode {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /api/enrolment-codes`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewEnrolmentCode {
    pub clinic_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
}

/// A one-time code, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentCode {
    pub code: String,
    /// SHA-256 of the certificate authority, hexadecimal.
    pub ca_fingerprint: String,
    pub expires_at: DateTime<Utc>,
}

/// A person who signs in at the nodes of a clinic, or at the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminUser {
    pub id: String,
    pub name: String,
    /// What they type to sign in.
    pub login: String,
    /// Absent: every clinic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clinic: Option<Named>,
    pub roles: Vec<String>,
    /// They may not sign in any more.
    pub inactive: bool,
}

/// `POST /api/users`: a person of a clinic.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewUser {
    pub clinic_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
    pub name: String,
    /// Made from the name when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub role: String,
    pub password: String,
}

/// A change that the server refused. Ids only, never contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminRefusal {
    pub node_id: String,
    pub document_id: String,
    /// Name of the kind.
    pub kind: String,
    /// Stable name of the reason.
    #[schema(example = "missing_dependency")]
    pub reason: String,
    pub refused_at: DateTime<Utc>,
    /// Bytes.
    pub size: u64,
}

/// A row of the server's audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminAuditRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    /// A user's id, `operator` for the command line, `system`.
    pub actor: String,
    #[schema(example = "node.revoke")]
    pub action: String,
    pub resource: String,
    /// `done` or `refused`.
    pub outcome: String,
    pub correlation_id: String,
}

/// The `data:` of the console's live events; the `event:` line carries the same word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AdminEvent {
    /// Something that the console shows has changed: fetch it.
    Changed,
}
