//! How this node stands with the server, in facts that the screens put into words.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/sync`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SyncStatus {
    pub state: SyncState,
    /// Since when `state` holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_synced_at: Option<DateTime<Utc>>,
    /// Changes saved here that the server has not acknowledged.
    pub waiting: u64,
    /// Changes that the server refused; a person has to look.
    pub refused: u64,
    /// Fields with competing values that wait for a person.
    pub open_conflicts: u64,
    /// More than 0 while lists and search are still being brought up to date with what was received.
    pub projecting: u64,
    pub scopes: Vec<ScopeStatus>,
    /// The node's clock minus the server's; milliseconds. Over 120,000 a warning is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
    /// First sync: how far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<SyncProgress>,
    /// Newest first, at most 20.
    pub recent_errors: Vec<SyncProblem>,
    /// What the node is doing or last did, oldest first.
    pub steps: Vec<SyncStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// A clinic without a server: everything stays here.
    Standalone,
    Offline,
    Connecting,
    /// Connected; changes are on their way.
    Syncing,
    /// Connected; both sides hold the same.
    InSync,
    /// The server refuses this node (revoked, cloned); a person has to look.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScopeStatus {
    /// `clinic/<id>`, `location/<id>`, `directory/<id>`.
    pub scope: String,
    pub waiting: u64,
    pub changes: u64,
    /// The server's sequence up to which this node holds everything.
    pub cursor: u64,
    pub in_sync: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncProgress {
    pub done: u64,
    pub total: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncProblem {
    pub at: DateTime<Utc>,
    /// Stable word, translated by the screens: `server_unreachable`, `certificate_refused`,
    /// `certificate_revoked`, `node_cloned`, `version_unsupported`, `change_refused`, `fingerprint_mismatch`,
    /// `storage_failed`, `connection_lost`.
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncStep {
    /// `connect`, `compare`, `receive`, `send`, `verify`.
    pub step: String,
    pub state: StepState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Waiting,
    Running,
    Done,
    Failed,
}

/// What `clinic-node sync --once --json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct SyncReport {
    pub changes_sent: u64,
    pub changes_received: u64,
    /// Bytes of the replication protocol, inside QUIC.
    pub protocol_bytes_sent: u64,
    pub protocol_bytes_received: u64,
    /// Bytes of all UDP datagrams, handshake included.
    pub udp_bytes_sent: u64,
    pub udp_bytes_received: u64,
    /// After the handshake.
    pub round_trips: u64,
    /// From the call until every change was durable on both sides and compared.
    pub elapsed_ms: u64,
    /// From the call until the search index and the read models held them too.
    pub current_ms: u64,
    /// Most memory that this process ever held.
    pub rss_peak_mib: u64,
    pub in_sync: bool,
}
