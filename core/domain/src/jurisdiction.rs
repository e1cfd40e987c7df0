//! Jurisdiction packs: what differs from country to country, as data files in `jurisdictions/`.
//!
//! A country more is a file more. Packs can also be read at run time, for a country whose file is newer
//! than this software.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;

use crate::embedded;
use crate::identity::{Validator, apply_mask};
use crate::normalise::normalise_document;

/// The rules of one country.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// The country's own name.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// The region telephone numbers without country code belong to (ISO 3166-1 alpha-2).
    pub phone_region: String,
    /// BCP 47, the usual one first.
    pub languages: Vec<String>,
    /// IANA names, the usual one first.
    pub time_zones: Vec<String>,
    /// From this age a person decides alone.
    pub adult_age_years: u32,
    /// Ages from which people are served first, highest first.
    #[serde(default)]
    pub priority_ages_years: Vec<u32>,
    pub postal_code: PostalCode,
    pub regions: Regions,
    pub documents: Vec<DocumentKind>,
    #[serde(default)]
    pub councils: Vec<Council>,
    pub consent: ConsentRegime,
    pub rights: Vec<Right>,
    pub retention: Vec<Retention>,
    #[serde(default)]
    pub providers: Providers,
}

/// How postal codes look.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostalCode {
    /// `#` stands for a digit, `*` for a letter or digit; the rest stands for itself.
    pub mask: String,
    /// A longer form that is right too.
    #[serde(default)]
    pub mask_long: Option<String>,
    pub label: String,
}

impl PostalCode {
    /// Whether a code has this form, with or without the mask's fixed characters.
    pub fn accepts(&self, code: &str) -> bool {
        self.display(code).is_some()
    }

    /// The code in the form of its mask, if it fits one.
    pub fn display(&self, code: &str) -> Option<String> {
        let plain = normalise_document(code);
        apply_mask(&self.mask, &plain).or_else(|| apply_mask(self.mask_long.as_ref()?, &plain))
    }
}

/// States, provinces.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regions {
    pub label: String,
    pub codes: Vec<String>,
}

/// Who has documents of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    Person,
    Practitioner,
    Organisation,
}

/// Which characters a document's value is made of, once its mask is off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Characters {
    Digits,
    Alphanumeric,
    #[default]
    Any,
}

/// A kind of official document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentKind {
    /// Stable name, stored in records.
    pub kind: String,
    /// What people call it, by language.
    pub label: BTreeMap<String, String>,
    pub holder: Holder,
    /// Check digits and issuing rules.
    #[serde(default)]
    pub validator: Option<Validator>,
    #[serde(default)]
    pub characters: Characters,
    /// Length without mask, in characters.
    #[serde(default)]
    pub length_min: Option<usize>,
    #[serde(default)]
    pub length_max: Option<usize>,
    /// How it is shown: `#` a digit, `*` a letter or digit.
    #[serde(default)]
    pub mask: Option<String>,
    /// Two people with the same value are the same person or a mistake.
    #[serde(default)]
    pub unique: bool,
    /// Identifier systems (URIs) that FHIR and others use for it.
    #[serde(default)]
    pub systems: Vec<String>,
}

/// A professional council.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Council {
    pub code: String,
    pub label: String,
}

/// The law on consent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRegime {
    pub regime: String,
    pub law: String,
    /// Purposes that never run without a granted consent.
    pub required_for: Vec<String>,
    /// Below this age a guardian decides.
    pub guardian_under_years: u32,
}

/// A person's right and the days there are to answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    pub request: String,
    pub due_days: u32,
    pub law: String,
}

/// The moment a retention term starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    LastEntry,
    Creation,
    Withdrawal,
}

/// How long records of some kinds are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Names of kinds.
    pub kinds: Vec<String>,
    pub years: u32,
    pub counted_from: CountedFrom,
    pub law: String,
    /// May not be erased earlier, not even when the person asks.
    #[serde(default)]
    pub legal_hold: bool,
}

/// Vendors usual in the country, preferred first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Providers {
    #[serde(default)]
    pub payments: Vec<String>,
    #[serde(default)]
    pub messages: Vec<String>,
}

impl Pack {
    /// Reads a pack's file and checks what a file can get wrong.
    pub fn parse(text: &str) -> Result<Self, PackError> {
        let pack: Self = toml::from_str(text).map_err(|source| PackError::Unreadable(Box::new(source)))?;
        pack.check()?;
        Ok(pack)
    }

    /// The kind of document with this name.
    pub fn document(&self, kind: &str) -> Option<&DocumentKind> {
        self.documents.iter().find(|document| document.kind == kind)
    }

    /// The kind of document that this identifier system names.
    pub fn document_by_system(&self, system: &str) -> Option<&DocumentKind> {
        self.documents.iter().find(|document| document.systems.iter().any(|known| known == system))
    }

    /// Days to answer a request, where the law gives the right.
    pub fn due_days(&self, request: &str) -> Option<u32> {
        self.rights.iter().find(|right| right.request == request).map(|right| right.due_days)
    }

    /// How long records of this kind are kept.
    pub fn retention(&self, kind: crate::Kind) -> Option<&Retention> {
        self.retention.iter().find(|rule| rule.kinds.iter().any(|name| name == kind.name()))
    }

    /// The last day to answer a request received on `received`.
    pub fn due_on(&self, request: &str, received: NaiveDate) -> Option<NaiveDate> {
        received.checked_add_days(Days::new(u64::from(self.due_days(request)?)))
    }

    /// The first day on which records of this kind may go, counted from the day its term starts at.
    pub fn kept_until(&self, kind: crate::Kind, term_starts: NaiveDate) -> Option<NaiveDate> {
        term_starts.checked_add_months(Months::new(self.retention(kind)?.years.checked_mul(12)?))
    }

    fn check(&self) -> Result<(), PackError> {
        let wrong = |field: &'static str, value: &str| PackError::Wrong { field, value: value.to_owned() };
        if self.code.len() != 2 || !self.code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(wrong("code", &self.code));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(wrong("currency", &self.currency));
        }
        if self.phone_region.parse::<phonenumber::country::Id>().is_err() {
            return Err(wrong("phone_region", &self.phone_region));
        }
        if self.languages.is_empty() {
            return Err(wrong("languages", ""));
        }
        if self.time_zones.is_empty() {
            return Err(wrong("time_zones", ""));
        }
        if let Some(zone) = self.time_zones.iter().find(|zone| zone.parse::<chrono_tz::Tz>().is_err()) {
            return Err(wrong("time_zones", zone));
        }
        let kinds = self.retention.iter().flat_map(|rule| &rule.kinds);
        if let Some(kind) = kinds.into_iter().find(|name| crate::Kind::from_name(name).is_none()) {
            return Err(wrong("retention.kinds", kind));
        }
        let mut seen = std::collections::BTreeSet::new();
        match self.documents.iter().find(|document| !seen.insert(&document.kind)) {
            Some(twice) => Err(wrong("documents.kind", &twice.kind)),
            None => Ok(()),
        }
    }
}

/// Why a pack cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("the jurisdiction file cannot be read")]
    Unreadable(#[source] Box<toml::de::Error>),
    #[error("the jurisdiction file has a wrong {field}: {value:?}")]
    Wrong { field: &'static str, value: String },
    #[error("the jurisdiction file {file} is wrong")]
    File {
        file: String,
        #[source]
        source: Box<PackError>,
    },
}

/// All packs, by code.
#[derive(Debug, Clone, Default)]
pub struct Jurisdictions {
    packs: BTreeMap<String, Pack>,
}

impl Jurisdictions {
    /// The packs that come with Posto.
    pub fn builtin() -> Result<Self, PackError> {
        let mut all = Self::default();
        for (file, text) in embedded::JURISDICTIONS {
            let pack = Pack::parse(text)
                .map_err(|source| PackError::File { file: (*file).to_owned(), source: Box::new(source) })?;
            all.add(pack);
        }
        Ok(all)
    }

    /// Adds a pack or replaces the one with its code.
    pub fn add(&mut self, pack: Pack) {
        self.packs.insert(pack.code.clone(), pack);
    }

    /// The pack with this code.
    pub fn get(&self, code: &str) -> Option<&Pack> {
        self.packs.get(code)
    }

    /// Every pack, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.values()
    }
}

#[cfg(test)]
mod tests;
