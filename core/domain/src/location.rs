//! A place of a clinic: where people come, with its own calendar and its own node.

use serde::{Deserialize, Serialize};

use crate::id::{ClinicId, LocationId};
use crate::kind::Kind;
use crate::parts::{Address, Email, Entries, ExternalId, Foreign, Phone, is_false};
use crate::record::record;

/// A location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    pub id: LocationId,
    pub clinic: ClinicId,
    pub name: String,
    /// IANA time zone; absent means the clinic's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub phones: Entries<Phone>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub emails: Entries<Email>,
    #[serde(default, skip_serializing_if = "Address::is_empty")]
    pub address: Address,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub external_ids: Entries<ExternalId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
    #[serde(default, skip_serializing_if = "Foreign::is_empty")]
    pub foreign: Foreign,
}

record!(Location, Kind::Location);

impl Location {
    /// A location with its name, nothing else known.
    pub fn new(id: LocationId, clinic: ClinicId, name: impl Into<String>) -> Self {
        Self {
            id,
            clinic,
            name: name.into(),
            time_zone: None,
            phones: Entries::new(),
            emails: Entries::new(),
            address: Address::default(),
            external_ids: Entries::new(),
            inactive: false,
            foreign: Foreign::new(),
        }
    }
}
