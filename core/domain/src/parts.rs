//! Parts that several records share: names, telephones, addresses, identifiers, notes.
//!
//! Leaves are scalars, so that two people's edits of one record meet in as few places as possible.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::PartialDate;
use crate::id::EntryKey;
use crate::open_enum::open_enum;

/// A collection people edit concurrently: keyed by ULID, so that two additions never collide.
pub type Entries<T> = BTreeMap<EntryKey, T>;

/// What another system sent and Posto has no field for: a namespaced name such as `fhir/extension`
/// to its JSON text, unchanged.
pub type Foreign = BTreeMap<String, String>;

/// For `skip_serializing_if`: an absent flag means false.
pub fn is_false(flag: &bool) -> bool {
    !*flag
}

/// For `skip_serializing_if`: an absent count means zero.
pub fn is_zero(count: &i64) -> bool {
    *count == 0
}

open_enum! {
    /// What a telephone number is.
    pub enum PhoneKind { Mobile = "mobile", Home = "home", Work = "work", Fax = "fax", Pager = "pager" }
    /// What an e-mail address or postal address is for.
    pub enum ContactUse { Home = "home", Work = "work", Billing = "billing", Temporary = "temporary", Old = "old" }
    /// How somebody wants to be reached.
    pub enum Channel { Whatsapp = "whatsapp", Sms = "sms", Email = "email", Voice = "voice", InApp = "in_app", Post = "post" }
    /// Sex as administration needs it (FHIR `administrative-gender`).
    pub enum Sex { Female = "female", Male = "male", Intersex = "other", Unknown = "unknown" }
}

/// The parts of a name. `text` alone is a whole name; given and family are kept apart where the
/// source does. Nothing derived is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonName {
    /// The whole name, where it came as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Given names, in order, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

impl PersonName {
    /// A whole name.
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Given and family names without titles, as search and duplicate detection compare them.
    pub fn plain(&self) -> String {
        match (&self.given, &self.family) {
            (None, None) => self.text.clone().unwrap_or_default(),
            (given, family) => {
                [given, family].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// As people read it.
    pub fn display(&self) -> String {
        if let Some(text) = &self.text {
            return text.clone();
        }
        [&self.prefix, &self.given, &self.family, &self.suffix]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A telephone number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Phone {
    /// E.164 (`+5511987654321`) if it could be read as a number, else as it was typed.
    pub number: String,
    /// As it was typed, when that says more than `number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PhoneKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Whether WhatsApp reaches it; absent when nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whatsapp: Option<bool>,
    /// Whose telephone it is, where not the person's own, or what else to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Order of preference, 1 first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<i64>,
}

/// An e-mail address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Email {
    pub address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#use: Option<ContactUse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<i64>,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#use: Option<ContactUse>,
    /// Street, with the number where the source does not keep it apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// IBGE code of the municipality (BR) or another official city code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, or as the source has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The whole address, where it came as one text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Decimal degrees, WGS 84, as text so that no digit is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<String>,
}

/// An official document: its kind is one of the jurisdiction pack's (`cpf`, `cns`, `ssn`, `passport` …).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfficialDocument {
    pub kind: String,
    /// As written on it, without mask characters where the kind has a mask.
    pub value: String,
    /// Who issued it (`SSP/SP`, a hospital).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// ISO 3166-1 alpha-2, where not the clinic's country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<PartialDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<PartialDate>,
}

/// The name another system knows a record by.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalId {
    /// The system's URI or name.
    pub system: String,
    pub value: String,
}

/// A note; `text` may be edited by two people at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Shown on top of the record.
    #[serde(skip_serializing_if = "is_false")]
    pub pinned: bool,
}

impl Address {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
