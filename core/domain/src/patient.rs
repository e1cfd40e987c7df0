//! The patient: who somebody is, how to reach them, and what everyone at the desk must know.

use serde::{Deserialize, Serialize};

use crate::date::{PartialDate, TimestampMs};
use crate::id::{AttachmentId, LocationId, PatientId, PractitionerId, UserId};
use crate::kind::Kind;
use crate::open_enum::open_enum;
use crate::parts::{
    Address, Channel, Email, Entries, ExternalId, Foreign, Note, OfficialDocument, PersonName, Phone, Sex,
    is_false,
};
use crate::record::record;

mod care;
mod people;

pub use care::{
    Alert, AlertSeverity, Allergy, AllergyCategory, ClinicalStatus, Condition, Criticality, Medication,
    MedicationStatus,
};
pub use people::{Guardian, GuardianRole, Insurance, NameUse, OtherName};

open_enum! {
    /// ABO and Rh(D).
    pub enum BloodType {
        APositive = "A+", ANegative = "A-", BPositive = "B+", BNegative = "B-",
        AbPositive = "AB+", AbNegative = "AB-", OPositive = "O+", ONegative = "O-",
    }
    /// Marital status, by FHIR `marital-status` meaning.
    pub enum MaritalStatus {
        Single = "single", Married = "married", Partnership = "partnership", Separated = "separated",
        Divorced = "divorced", Widowed = "widowed", Unknown = "unknown",
    }
}

/// A patient. Written in the clinic scope, so that all of a clinic's locations share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    pub id: PatientId,
    /// The number people say, from a range reserved for the registering node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_number: Option<i64>,
    /// The official name.
    #[serde(default, skip_serializing_if = "PersonName::is_empty")]
    pub name: PersonName,
    /// The name to call and show (Brazil: nome social, Decreto 8.727/2016).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub father_name: Option<String>,
    /// Maiden names, nicknames, former names.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub other_names: Entries<OtherName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender_identity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pronouns: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub race: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ethnicity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marital_status: Option<MaritalStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blood_type: Option<BloodType>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub deceased: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased_on: Option<PartialDate>,
    /// Born with others, and as which of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiple_birth: Option<i64>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub documents: Entries<OfficialDocument>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub phones: Entries<Phone>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub emails: Entries<Email>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub addresses: Entries<Address>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub guardians: Entries<Guardian>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub insurances: Entries<Insurance>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub allergies: Entries<Allergy>,
    /// "No known allergies" said by a person, which is not the same as an empty list.
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_known_allergies: bool,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub conditions: Entries<Condition>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub medications: Entries<Medication>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub alerts: Entries<Alert>,
    /// Words the clinic sorts people by.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub tags: Entries<String>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub notes: Entries<Note>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<AttachmentId>,
    /// BCP 47 (`pt-BR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub needs_interpreter: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_channel: Option<Channel>,
    /// Where the patient usually comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_location: Option<LocationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managing_practitioner: Option<PractitionerId>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub external_ids: Entries<ExternalId>,
    /// Put aside: not offered in searches for new work.
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
    /// Only the patient's own team opens it: whoever restricted it, the practitioner in charge, compliance; others in
    /// an emergency. Who the person is can still be found.
    #[serde(default, skip_serializing_if = "is_false")]
    pub restricted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_by: Option<UserId>,
    /// The patient this record was merged into; it is then read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<PatientId>,
    /// When the person was registered, where another system says so (history knows it otherwise).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_by: Option<UserId>,
    /// What an import brought that has no field here, unchanged.
    #[serde(default, skip_serializing_if = "Foreign::is_empty")]
    pub foreign: Foreign,
}

record!(Patient, Kind::Patient);

impl Patient {
    /// A patient of whom nothing is known yet.
    pub fn new(id: PatientId) -> Self {
        Self {
            id,
            record_number: None,
            name: PersonName::default(),
            social_name: None,
            mother_name: None,
            father_name: None,
            other_names: Entries::new(),
            birth_date: None,
            birth_place: None,
            sex: None,
            gender_identity: None,
            pronouns: None,
            race: None,
            ethnicity: None,
            nationality: None,
            occupation: None,
            marital_status: None,
            blood_type: None,
            deceased: false,
            deceased_on: None,
            multiple_birth: None,
            documents: Entries::new(),
            phones: Entries::new(),
            emails: Entries::new(),
            addresses: Entries::new(),
            guardians: Entries::new(),
            insurances: Entries::new(),
            allergies: Entries::new(),
            no_known_allergies: false,
            conditions: Entries::new(),
            medications: Entries::new(),
            alerts: Entries::new(),
            tags: Entries::new(),
            notes: Entries::new(),
            photo: None,
            language: None,
            needs_interpreter: false,
            preferred_channel: None,
            care_location: None,
            managing_practitioner: None,
            external_ids: Entries::new(),
            inactive: false,
            restricted: false,
            restricted_by: None,
            merged_into: None,
            registered_at_ms: None,
            registered_by: None,
            foreign: Foreign::new(),
        }
    }

    /// The name to show and to call: the social name where there is one.
    pub fn display_name(&self) -> String {
        self.social_name.clone().unwrap_or_else(|| self.name.display())
    }

    /// Every name the patient may be searched by.
    pub fn all_names(&self) -> Vec<String> {
        let mut names = vec![self.name.plain()];
        names.extend(self.social_name.clone());
        names.extend(self.other_names.values().map(|other| other.name()));
        names.retain(|name| !name.is_empty());
        names
    }
}
