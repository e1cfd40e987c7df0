//! Is this person registered already? Asked before saving, answered with reasons.
//!
//! Two steps: the store finds candidates by [`lookup_keys`] among everybody's [`index_keys`], then
//! [`score`] weighs each. Nothing here is stored in a record.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::normalise::{normalise_document, normalise_email, normalise_name};
use crate::patient::Patient;
use crate::phone::phone_key;

/// From this score on, of 100, people are shown a possible duplicate.
pub const SHOW_FROM: u8 = 60;

/// From this score on, an import treats two records as one person for its report (it never merges).
pub const CERTAIN_FROM: u8 = 95;

/// Names alike: Jaro-Winkler of the normalised names, word order aside.
const NAMES_ALIKE: f64 = 0.92;

/// Names related: enough with a telephone in common.
const NAMES_RELATED: f64 = 0.80;

/// Why two records may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    SameDocument,
    SameExternalId,
    SameName,
    SimilarName,
    SameBirthDate,
    /// The dates differ only by day and month exchanged, or by one digit.
    SimilarBirthDate,
    SamePhone,
    SameEmail,
    SameMother,
    /// Speaks against: both have a document of a kind that one person has once, and they differ.
    OtherDocument,
    /// Speaks against.
    OtherBirthDate,
    /// Speaks against.
    OtherSex,
}

/// A possible duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// 0 to 100.
    pub score: u8,
    pub reasons: BTreeSet<Reason>,
}

/// How much a reason weighs. Names and dates together reach 80; a document alone 90.
fn weight(reason: Reason) -> i32 {
    match reason {
        Reason::SameDocument => 90,
        Reason::SameExternalId => 95,
        Reason::SameName => 45,
        Reason::SimilarName => 35,
        Reason::SameBirthDate => 35,
        Reason::SimilarBirthDate => 25,
        Reason::SamePhone => 25,
        Reason::SameEmail => 25,
        Reason::SameMother => 20,
        Reason::OtherDocument => -45,
        Reason::OtherBirthDate => -25,
        Reason::OtherSex => -10,
    }
}

/// Weighs two records; `None` below [`SHOW_FROM`]. Kinds of documents in `unique_kinds` belong to one
/// person only (see [`crate::jurisdiction::DocumentKind::unique`]).
pub fn score(candidate: &Patient, existing: &Patient, unique_kinds: &[&str]) -> Option<Match> {
    let mut reasons = BTreeSet::new();
    compare_documents(candidate, existing, unique_kinds, &mut reasons);
    if shares(candidate, existing, |p| {
        p.external_ids.values().map(|id| format!("{}|{}", id.system, id.value)).collect()
    }) {
        reasons.insert(Reason::SameExternalId);
    }
    let names = name_similarity(candidate, existing);
    let shares_phone = shares(candidate, existing, phone_keys);
    let shares_email =
        shares(candidate, existing, |p| p.emails.values().map(|e| normalise_email(&e.address)).collect());
    if names >= 0.999 {
        reasons.insert(Reason::SameName);
    } else if names >= NAMES_ALIKE || (names >= NAMES_RELATED && (shares_phone || shares_email)) {
        reasons.insert(Reason::SimilarName);
    }
    // A family shares its telephone: it counts only with a name that could be the same.
    if shares_phone && names >= NAMES_RELATED {
        reasons.insert(Reason::SamePhone);
    }
    if shares_email && names >= NAMES_RELATED {
        reasons.insert(Reason::SameEmail);
    }
    compare_birth_dates(candidate, existing, &mut reasons);
    if let (Some(one), Some(other)) = (&candidate.mother_name, &existing.mother_name)
        && word_similarity(&normalise_name(one), &normalise_name(other)) >= NAMES_ALIKE
    {
        reasons.insert(Reason::SameMother);
    }
    if let (Some(one), Some(other)) = (&candidate.sex, &existing.sex)
        && one != other
    {
        reasons.insert(Reason::OtherSex);
    }
    let score = reasons.iter().map(|reason| weight(*reason)).sum::<i32>().clamp(0, 100) as u8;
    (score >= SHOW_FROM).then_some(Match { score, reasons })
}

fn compare_documents(one: &Patient, other: &Patient, unique_kinds: &[&str], reasons: &mut BTreeSet<Reason>) {
    for document in one.documents.values() {
        let value = normalise_document(&document.value);
        if value.is_empty() {
            continue;
        }
        let unique = unique_kinds.contains(&document.kind.as_str());
        for held in other.documents.values() {
            if held.kind != document.kind || held.country != document.country {
                continue;
            }
            let same = normalise_document(&held.value) == value;
            if same && (unique || held.issuer == document.issuer) {
                reasons.insert(Reason::SameDocument);
            } else if !same && unique {
                reasons.insert(Reason::OtherDocument);
            }
        }
    }
    if reasons.contains(&Reason::SameDocument) {
        reasons.remove(&Reason::OtherDocument);
    }
}

fn compare_birth_dates(one: &Patient, other: &Patient, reasons: &mut BTreeSet<Reason>) {
    let (Some(one), Some(other)) = (&one.birth_date, &other.birth_date) else { return };
    let reason = match (one.day(), other.day()) {
        (Some(a), Some(b)) if a == b => Reason::SameBirthDate,
        (Some(a), Some(b)) if is_mistyped(a, b) => Reason::SimilarBirthDate,
        (Some(_), Some(_)) => Reason::OtherBirthDate,
        _ if one.is_compatible_with(other) => Reason::SimilarBirthDate,
        _ => Reason::OtherBirthDate,
    };
    reasons.insert(reason);
}

/// Day and month exchanged, or one digit wrong.
fn is_mistyped(one: NaiveDate, other: NaiveDate) -> bool {
    exchanged(one) == Some(other)
        || crate::fuzzy::within_one_typo(
            &one.format("%Y%m%d").to_string(),
            &other.format("%Y%m%d").to_string(),
        )
}

fn exchanged(day: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(day.year(), day.day(), day.month())
}

/// The best similarity between any names of the two, 0 to 1.
fn name_similarity(one: &Patient, other: &Patient) -> f64 {
    let normalised = |patient: &Patient| -> Vec<String> {
        patient.all_names().iter().map(|name| normalise_name(name)).filter(|name| !name.is_empty()).collect()
    };
    let others = normalised(other);
    normalised(one)
        .iter()
        .flat_map(|name| others.iter().map(move |held| word_similarity(name, held)))
        .fold(0.0, f64::max)
}

/// Jaro-Winkler, the better of as written and with words sorted; a name that lacks only middle words
/// (`maria silva`, `maria aparecida da silva`) counts as alike.
fn word_similarity(one: &str, other: &str) -> f64 {
    let sorted = |name: &str| {
        let mut words: Vec<&str> = name.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    };
    let best = strsim::jaro_winkler(one, other).max(strsim::jaro_winkler(&sorted(one), &sorted(other)));
    if best < NAMES_ALIKE && is_shortened(one, other) { NAMES_ALIKE } else { best }
}

/// The same first and last word, and every word of the shorter name in the longer.
fn is_shortened(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= 2
        && short.first() == long.first()
        && short.last() == long.last()
        && short.iter().all(|word| long.contains(word))
}

fn shares(one: &Patient, other: &Patient, of: impl Fn(&Patient) -> BTreeSet<String>) -> bool {
    let held = of(other);
    of(one).iter().any(|value| !value.is_empty() && held.contains(value))
}

fn phone_keys(patient: &Patient) -> BTreeSet<String> {
    patient.phones.values().filter_map(|phone| phone_key(&phone.number)).collect()
}

/// What the store indexes a patient under. Short, prefixed texts (`b:1980-03-02`).
pub fn index_keys(patient: &Patient) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for document in patient.documents.values() {
        let value = normalise_document(&document.value);
        if !value.is_empty() {
            keys.insert(format!("d:{value}"));
        }
    }
    keys.extend(patient.external_ids.values().map(|id| format!("x:{}|{}", id.system, id.value)));
    keys.extend(phone_keys(patient).iter().map(|key| format!("p:{key}")));
    keys.extend(patient.emails.values().map(|email| format!("e:{}", normalise_email(&email.address))));
    keys.extend(patient.birth_date.as_ref().and_then(crate::PartialDate::day).map(|day| format!("b:{day}")));
    keys.extend(name_keys(patient));
    keys
}

/// What the store looks up to find the candidates for a patient: its own keys, and those of a birth date
/// with day and month exchanged.
pub fn lookup_keys(patient: &Patient) -> BTreeSet<String> {
    let mut keys = index_keys(patient);
    let day = patient.birth_date.as_ref().and_then(crate::PartialDate::day);
    keys.extend(day.and_then(exchanged).map(|day| format!("b:{day}")));
    keys
}

/// First and last word of each name: without a birth date the only way to meet.
fn name_keys(patient: &Patient) -> impl Iterator<Item = String> {
    patient.all_names().into_iter().filter_map(|name| {
        let name = normalise_name(&name);
        let (first, rest) = name.split_once(' ')?;
        let last = rest.rsplit(' ').next()?;
        Some(format!("n:{first} {last}"))
    })
}

#[cfg(test)]
mod tests;
