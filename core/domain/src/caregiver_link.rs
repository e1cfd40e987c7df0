//! Somebody a patient lets see and get parts of their record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{DocumentId, PatientId, UserId};
use crate::kind::Kind;
use crate::parts::{Email, Entries, PersonName, Phone};
use crate::patient::GuardianRole;
use crate::record::record;

/// A caregiver of a patient and what the patient granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaregiverLink {
    pub id: DocumentId,
    pub patient: PatientId,
    /// The caregiver's own user, once they sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    #[serde(default, skip_serializing_if = "PersonName::is_empty")]
    pub name: PersonName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<GuardianRole>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub phones: Entries<Phone>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub emails: Entries<Email>,
    /// What was granted, by name (`glucose.read`, `emergency.notify`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissions: BTreeMap<String, bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at_ms: Option<TimestampMs>,
}

record!(CaregiverLink, Kind::CaregiverLink);
