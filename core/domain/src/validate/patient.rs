//! Checks of a patient.

use super::limits::{AGE_YEARS_MAX, EMAIL_MAX, LINE_MAX, NAME_MAX, SHORT_MAX};
use super::{Check, Validate};
use crate::date::PartialDate;
use crate::jurisdiction::Holder;
use crate::normalise::{normalise_document, normalise_email};
use crate::patient::{Guardian, Insurance, OtherName, Patient};

impl Validate for Patient {
    fn check(&self, check: &mut Check<'_, '_>) {
        self.check_identity(check);
        check.documents(&self.documents, Holder::Person);
        check.phones(&self.phones);
        check.emails(&self.emails);
        check.entries("addresses", &self.addresses, |address, check| check.address(address));
        check.entries("guardians", &self.guardians, guardian);
        check.entries("insurances", &self.insurances, insurance);
        self.check_care(check);
        check.words("tags", &self.tags);
        check.notes(&self.notes);
        check.language("language", &self.language);
        check.external_ids(&self.external_ids);
        check.foreign(&self.foreign);
        check.twice("phones", &self.phones, |phone| Some(phone.number.clone()));
        check.twice("emails", &self.emails, |email| Some(normalise_email(&email.address)));
        check.twice("documents", &self.documents, |document| {
            Some(format!("{} {}", document.kind, normalise_document(&document.value)))
        });
    }
}

impl Patient {
    fn check_identity(&self, check: &mut Check<'_, '_>) {
        if self.display_name().trim().is_empty() {
            check.wrong("name", "required", &[]);
        }
        check.name("name", &self.name);
        check.entries("other_names", &self.other_names, other_name);
        let names = [
            ("social_name", &self.social_name),
            ("mother_name", &self.mother_name),
            ("father_name", &self.father_name),
        ];
        for (field, name) in names {
            check.optional(field, name, NAME_MAX);
        }
        let words = [
            ("gender_identity", &self.gender_identity),
            ("pronouns", &self.pronouns),
            ("race", &self.race),
            ("ethnicity", &self.ethnicity),
            ("nationality", &self.nationality),
            ("occupation", &self.occupation),
        ];
        for (field, word) in words {
            check.optional(field, word, SHORT_MAX);
        }
        check.optional("birth_place", &self.birth_place, LINE_MAX);
        if self.record_number.is_some_and(|number| number < 1) {
            check.wrong("record_number", "not_positive", &[]);
        }
        if self.multiple_birth.is_some_and(|order| !(1..=20).contains(&order)) {
            check.wrong("multiple_birth", "out_of_range", &[("min", "1".into()), ("max", "20".into())]);
        }
        self.check_dates(check);
        if self.merged_into == Some(self.id) {
            check.refuse("merged_into", "points_at_itself", &[]);
        }
    }

    fn check_dates(&self, check: &mut Check<'_, '_>) {
        check.past_date("birth_date", &self.birth_date);
        check.past_date("deceased_on", &self.deceased_on);
        check.in_order("deceased_on", &self.birth_date, &self.deceased_on);
        let oldest = chrono::Datelike::year(&check.rules.today) - AGE_YEARS_MAX;
        if self.birth_date.as_ref().and_then(PartialDate::year).is_some_and(|year| year < oldest) {
            check.wrong("birth_date", "date_too_old", &[("min", oldest.to_string())]);
        }
        if self.deceased_on.is_some() && !self.deceased {
            check.doubt("deceased", "contradicts_date");
        }
    }
}

fn other_name(other: &OtherName, check: &mut Check<'_, '_>) {
    let parts = [("text", &other.text), ("given", &other.given), ("family", &other.family)];
    for (field, part) in parts.into_iter().chain([("prefix", &other.prefix), ("suffix", &other.suffix)]) {
        check.optional(field, part, NAME_MAX);
    }
    if other.name().trim().is_empty() {
        check.wrong("text", "required", &[]);
    }
}

fn guardian(guardian: &Guardian, check: &mut Check<'_, '_>) {
    check.required("name", &guardian.name, NAME_MAX);
    check.optional("phone", &guardian.phone, SHORT_MAX);
    check.optional("email", &guardian.email, EMAIL_MAX);
    check.optional("document_kind", &guardian.document_kind, SHORT_MAX);
    check.optional("document", &guardian.document, SHORT_MAX);
    check.optional("address", &guardian.address, LINE_MAX);
    if let Some(phone) = &guardian.phone {
        check.phone_number("phone", phone);
    }
    if let Some(email) = &guardian.email {
        check.email_address("email", email);
    }
    let kind = guardian.document_kind.as_deref().and_then(|kind| check.rules.pack.document(kind));
    if let (Some(kind), Some(value)) = (kind, &guardian.document)
        && let Err(fault) = kind.check(value)
    {
        check.wrong("document", fault.code(), &[("kind", kind.kind.clone())]);
    }
}

fn insurance(insurance: &Insurance, check: &mut Check<'_, '_>) {
    check.required("payer", &insurance.payer, LINE_MAX);
    check.optional("plan", &insurance.plan, LINE_MAX);
    check.optional("holder", &insurance.holder, NAME_MAX);
    let codes = [
        ("payer_code", &insurance.payer_code),
        ("member_id", &insurance.member_id),
        ("group", &insurance.group),
    ];
    for (field, code) in codes {
        check.optional(field, code, SHORT_MAX);
    }
    check.date("valid_from", &insurance.valid_from);
    check.date("valid_until", &insurance.valid_until);
    check.in_order("valid_until", &insurance.valid_from, &insurance.valid_until);
    check.rank(insurance.rank);
}
