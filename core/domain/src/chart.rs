//! Clinical facts of a patient, one document per year: what was imported or recorded, in order of time.

use serde::{Deserialize, Serialize};

use crate::id::{DocumentId, EntryKey, PatientId, PractitionerId};
use crate::kind::Kind;
use crate::open_enum::open_enum;
use crate::parts::Entries;
use crate::record::record;

open_enum! {
    /// What a fact is; names follow FHIR's resources.
    pub enum FactKind {
        Encounter = "encounter", Condition = "condition", Allergy = "allergy", Observation = "observation",
        Medication = "medication", Immunization = "immunization", Procedure = "procedure", Document = "document",
        Report = "report", CarePlan = "care_plan", CareTeam = "care_team", Claim = "claim", Goal = "goal",
        Device = "device", Imaging = "imaging", Referral = "referral", Note = "note",
    }
}

/// One year (or part of a year) of a patient's chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub id: DocumentId,
    pub patient: PatientId,
    /// Calendar year of the facts' times; 0 for facts without one.
    pub year: i64,
    /// 0 for the first document of the year; the next when the budget is full.
    #[serde(default, skip_serializing_if = "crate::parts::is_zero")]
    pub part: i64,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub entries: Entries<ChartEntry>,
}

record!(Chart, Kind::Chart);

/// One clinical fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<FactKind>,
    /// FHIR date or dateTime, as it came (`2019-04-02T08:30:00-03:00`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Status as the source has it (`final`, `active`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The code system's URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The code in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A measured value as decimal text: no digit is lost or invented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// UCUM unit of `value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// A value in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_text: Option<String>,
    /// The entry of the encounter it belongs to (in this or another year's chart).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EntryKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerId>,
    /// The clinic's own record that an imported Organization or Location is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<DocumentId>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The name the source knows it by (`Observation/123`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What an import brought that has no field here: JSON text, unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign: Option<String>,
    /// Marks of the versions that `foreign` replaced, so that an old file is recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced: Option<String>,
}
