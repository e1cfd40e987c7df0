//! People and payers around a patient, and the patient's other names.

use serde::{Deserialize, Serialize};

use crate::date::PartialDate;
use crate::open_enum::open_enum;
use crate::parts::is_false;

open_enum! {
    /// What another name is.
    pub enum NameUse { Maiden = "maiden", Nickname = "nickname", Former = "old", Usual = "usual", Anonymous = "anonymous", Temporary = "temp" }
    /// Why somebody stands beside the patient.
    pub enum GuardianRole {
        Mother = "mother", Father = "father", LegalGuardian = "legal_guardian", Spouse = "spouse", Child = "child",
        Sibling = "sibling", Emergency = "emergency", Payer = "payer",
    }
}

/// A further name of the patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OtherName {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#use: Option<NameUse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

impl OtherName {
    /// The name as one text.
    pub fn name(&self) -> String {
        match &self.text {
            Some(text) => text.clone(),
            None => [&self.given, &self.family]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

/// Somebody who decides for, answers for or is called for the patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guardian {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<GuardianRole>,
    /// E.164, or as it was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Kind of the official document (`cpf`) and its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// May sign for the patient.
    #[serde(skip_serializing_if = "is_false")]
    pub legal: bool,
    /// Is called in an emergency.
    #[serde(skip_serializing_if = "is_false")]
    pub emergency: bool,
}

/// A health plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Insurance {
    pub payer: String,
    /// The payer's register number (BR: ANS).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The member's card number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<PartialDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<PartialDate>,
    /// Order of use, 1 first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<i64>,
}
