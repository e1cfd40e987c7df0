//! The shape of a patient's record in JSON, for the OpenAPI document and the typed client.
//!
//! It mirrors `posto_domain::Patient`, whose serde form is the record; a test compares the two. Every
//! field may be absent, and fields that are not listed here are passed through untouched.
//! Collections are objects keyed by ULID.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod care;
mod contact;
mod people;

pub use care::{Alert, Allergy, Condition, Medication};
pub use contact::{Address, Email, ExternalId, OfficialDocument, Phone};
pub use people::{Guardian, Insurance, Note, OtherName, PersonName};

/// A patient's record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PatientRecord {
    /// ULID; drawn by the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The number people say; drawn by the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_number: Option<i64>,
    /// The official name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The name to call and show (Brazil: nome social).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub father_name: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_names: BTreeMap<String, OtherName>,
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    /// `female`, `male`, `other`, `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
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
    /// `single`, `married`, `partnership`, `separated`, `divorced`, `widowed`, `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marital_status: Option<String>,
    /// `A+` … `O-`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blood_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiple_birth: Option<i64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub documents: BTreeMap<String, OfficialDocument>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub phones: BTreeMap<String, Phone>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub emails: BTreeMap<String, Email>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<String, Address>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub guardians: BTreeMap<String, Guardian>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub insurances: BTreeMap<String, Insurance>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub allergies: BTreeMap<String, Allergy>,
    /// "No known allergies" said by a person, which is not the same as an empty list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_known_allergies: Option<bool>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, Condition>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub medications: BTreeMap<String, Medication>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alerts: BTreeMap<String, Alert>,
    /// Words the clinic sorts people by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, Note>,
    /// Id of an attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// BCP 47, `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_interpreter: Option<bool>,
    /// `whatsapp`, `sms`, `email`, `voice`, `in_app`, `post`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managing_practitioner: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, ExternalId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<bool>,
    /// Only the patient's own team opens it. Setting and lifting it is an act of its own (`patient:restrict`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<bool>,
    /// Who restricted it; written by the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_by: Option<String>,
    /// Set by a merge; the record is then read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_by: Option<String>,
    /// What an import brought that has no field here, unchanged.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use posto_domain::{Patient, PatientId};
    use utoipa::PartialSchema;

    use super::*;

    fn properties<T: PartialSchema>() -> BTreeSet<String> {
        let schema = serde_json::to_value(T::schema()).unwrap();
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    }

    /// A screen that sends a field the domain does not know would lose what was typed into it.
    #[test]
    fn every_field_shown_is_a_field_of_the_domain_record() {
        let id = PatientId::from_bytes([1; 16]);
        for field in properties::<PatientRecord>() {
            let mut value = serde_json::to_value(Patient::new(id)).unwrap();
            let before = serde_json::from_value::<Patient>(value.clone()).unwrap();
            // A field the domain knows does not take a list; one it does not know is ignored.
            value[&field] = serde_json::json!([1, [2]]);
            let after = serde_json::from_value::<Patient>(value);
            assert!(after.is_err() || after.unwrap() != before, "the domain does not know `{field}`");
        }
    }
}
