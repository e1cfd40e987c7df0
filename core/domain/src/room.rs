//! A room where patients are seen.

use serde::{Deserialize, Serialize};

use crate::id::{LocationId, RoomId};
use crate::kind::Kind;
use crate::parts::{Entries, ExternalId, Foreign, is_false};
use crate::record::record;

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub location: LocationId,
    pub name: String,
    /// What it is for (`consultation`, `procedure`), as the clinic calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
    /// How many people can be treated at once; absent means one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i64>,
    /// What it offers (`wheelchair`, `x-ray`).
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub features: Entries<String>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub external_ids: Entries<ExternalId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
    #[serde(default, skip_serializing_if = "Foreign::is_empty")]
    pub foreign: Foreign,
}

record!(Room, Kind::Room);
