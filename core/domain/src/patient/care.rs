//! What everyone who treats the patient must know: allergies, conditions, medications, alerts.

use serde::{Deserialize, Serialize};

use crate::date::PartialDate;
use crate::open_enum::open_enum;

open_enum! {
    /// How bad a reaction could be (FHIR `allergy-intolerance-criticality`).
    pub enum Criticality { Low = "low", High = "high", Unknown = "unable_to_assess" }
    /// What sort of substance it is.
    pub enum AllergyCategory { Food = "food", Medication = "medication", Environment = "environment", Biologic = "biologic" }
    /// Whether it is so now.
    pub enum ClinicalStatus {
        Active = "active", Recurrence = "recurrence", Relapse = "relapse", Inactive = "inactive", Remission = "remission",
        Resolved = "resolved", Refuted = "refuted", EnteredInError = "entered_in_error",
    }
    /// Whether it is taken.
    pub enum MedicationStatus {
        Active = "active", OnHold = "on_hold", Completed = "completed", Stopped = "stopped", Intended = "intended",
        EnteredInError = "entered_in_error",
    }
    /// How loudly an alert speaks.
    pub enum AlertSeverity { Info = "info", Warning = "warning", Critical = "critical" }
}

/// An allergy or intolerance. Absent status means active.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Allergy {
    /// The substance in words.
    pub substance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The code system's URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<AllergyCategory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criticality: Option<Criticality>,
    /// What happens, in words; several separated by `; `.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactions: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ClinicalStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    /// Where it came from: the external id of the resource it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Allergy {
    /// Whether it speaks of now: neither refuted, resolved nor entered by mistake.
    pub fn counts(&self) -> bool {
        !matches!(
            self.status,
            Some(
                ClinicalStatus::Refuted
                    | ClinicalStatus::Resolved
                    | ClinicalStatus::Inactive
                    | ClinicalStatus::EnteredInError
            )
        )
    }
}

/// A diagnosis or problem. Absent status means active.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Condition {
    pub text: String,
    /// ICD-10 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ClinicalStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Something the patient takes. Absent status means active.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Medication {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Amount per dose, in words (`850 mg`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MedicationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prescriber: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Something to see before anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alert {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<AlertSeverity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
}
