//! A clinic: the tenant, with its jurisdiction.

use serde::{Deserialize, Serialize};

use crate::id::ClinicId;
use crate::kind::Kind;
use crate::parts::{Address, Email, Entries, ExternalId, Foreign, OfficialDocument, Phone, is_false};
use crate::record::record;

/// A clinic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clinic {
    pub id: ClinicId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<String>,
    /// Code of the jurisdiction pack (`BR`, `US`).
    pub jurisdiction: String,
    /// IANA time zone; absent means the pack's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// BCP 47; absent means the pack's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub languages: Entries<String>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub documents: Entries<OfficialDocument>,
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

record!(Clinic, Kind::Clinic);

impl Clinic {
    /// A clinic with its name and jurisdiction, nothing else known.
    pub fn new(id: ClinicId, name: impl Into<String>, jurisdiction: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            legal_name: None,
            jurisdiction: jurisdiction.into(),
            time_zone: None,
            language: None,
            languages: Entries::new(),
            documents: Entries::new(),
            phones: Entries::new(),
            emails: Entries::new(),
            address: Address::default(),
            external_ids: Entries::new(),
            inactive: false,
            foreign: Foreign::new(),
        }
    }
}
