//! A person who treats patients, with the registrations that allow it.

use serde::{Deserialize, Serialize};

use crate::date::PartialDate;
use crate::id::{LocationId, PractitionerId, UserId};
use crate::kind::Kind;
use crate::parts::{
    Address, Email, Entries, ExternalId, Foreign, Note, OfficialDocument, PersonName, Phone, Sex, is_false,
};
use crate::record::record;

/// An entry in a professional council's register (BR: CRM, CRO, COREN …; US: NPI, state licence).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Registration {
    pub council: String,
    pub number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<PartialDate>,
}

/// A practitioner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practitioner {
    pub id: PractitionerId,
    #[serde(default, skip_serializing_if = "PersonName::is_empty")]
    pub name: PersonName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub registrations: Entries<Registration>,
    /// Specialties in words or codes.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub specialties: Entries<String>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub documents: Entries<OfficialDocument>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub phones: Entries<Phone>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub emails: Entries<Email>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub addresses: Entries<Address>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub languages: Entries<String>,
    /// Where they work.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub locations: Entries<LocationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub notes: Entries<Note>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub external_ids: Entries<ExternalId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
    #[serde(default, skip_serializing_if = "Foreign::is_empty")]
    pub foreign: Foreign,
}

record!(Practitioner, Kind::Practitioner);

impl Practitioner {
    /// A practitioner of whom only the name is known.
    pub fn new(id: PractitionerId, name: PersonName) -> Self {
        Self {
            id,
            name,
            social_name: None,
            sex: None,
            birth_date: None,
            user: None,
            registrations: Entries::new(),
            specialties: Entries::new(),
            documents: Entries::new(),
            phones: Entries::new(),
            emails: Entries::new(),
            addresses: Entries::new(),
            languages: Entries::new(),
            locations: Entries::new(),
            colour: None,
            notes: Entries::new(),
            external_ids: Entries::new(),
            inactive: false,
            foreign: Foreign::new(),
        }
    }

    /// The name to show.
    pub fn display_name(&self) -> String {
        self.social_name.clone().unwrap_or_else(|| self.name.display())
    }
}
