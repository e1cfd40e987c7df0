//! A machine that takes part: a node, or a desk or kiosk paired with one.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{ClinicId, LocationId, NodeId, UserId};
use crate::kind::Kind;
use crate::open_enum::open_enum;
use crate::parts::Entries;
use crate::record::record;

open_enum! {
    /// What a device is.
    pub enum DeviceKind { Node = "node", Desk = "desk", Kiosk = "kiosk" }
}

/// A device; a node's document id is its node id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: NodeId,
    pub clinic: ClinicId,
    pub kind: DeviceKind,
    pub name: String,
    /// The locations it holds.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub locations: Entries<LocationId>,
    /// SHA-256 of its certificate, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_at_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_reason: Option<String>,
}

record!(Device, Kind::Device);

impl Device {
    /// A device that is known but not enrolled.
    pub fn new(id: NodeId, clinic: ClinicId, kind: DeviceKind, name: impl Into<String>) -> Self {
        Self {
            id,
            clinic,
            kind,
            name: name.into(),
            locations: Entries::new(),
            certificate_fingerprint: None,
            enrolled_at_ms: None,
            revoked_at_ms: None,
            revoked_by: None,
            revoked_reason: None,
        }
    }
}
