//! Checks of practitioners, caregivers and consents.

use super::limits::{LINE_MAX, NAME_MAX, SHORT_MAX};
use super::{Check, Validate};
use crate::caregiver_link::CaregiverLink;
use crate::consent::Consent;
use crate::jurisdiction::Holder;
use crate::practitioner::{Practitioner, Registration};

impl Validate for Practitioner {
    fn check(&self, check: &mut Check<'_, '_>) {
        if self.display_name().trim().is_empty() {
            check.wrong("name", "required", &[]);
        }
        check.name("name", &self.name);
        check.optional("social_name", &self.social_name, NAME_MAX);
        check.past_date("birth_date", &self.birth_date);
        check.entries("registrations", &self.registrations, registration);
        check.words("specialties", &self.specialties);
        check.documents(&self.documents, Holder::Practitioner);
        check.phones(&self.phones);
        check.emails(&self.emails);
        check.entries("addresses", &self.addresses, |address, check| check.address(address));
        check.words("languages", &self.languages);
        check.optional("colour", &self.colour, SHORT_MAX);
        check.notes(&self.notes);
        check.external_ids(&self.external_ids);
        check.foreign(&self.foreign);
    }
}

fn registration(registration: &Registration, check: &mut Check<'_, '_>) {
    check.required("council", &registration.council, SHORT_MAX);
    check.required("number", &registration.number, SHORT_MAX);
    check.optional("state", &registration.state, SHORT_MAX);
    check.date("valid_until", &registration.valid_until);
    let known = &check.rules.pack.councils;
    if !registration.council.is_empty() && !known.iter().any(|council| council.code == registration.council) {
        check.doubt("council", "unknown_council");
    }
}

impl Validate for CaregiverLink {
    fn check(&self, check: &mut Check<'_, '_>) {
        if self.name.display().trim().is_empty() && self.user.is_none() {
            check.wrong("name", "required", &[]);
        }
        check.name("name", &self.name);
        check.phones(&self.phones);
        check.emails(&self.emails);
        check.within("permissions", |check| {
            for name in self.permissions.keys() {
                check.text(name, name, SHORT_MAX);
            }
        });
    }
}

impl Validate for Consent {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.optional("text_version", &self.text_version, SHORT_MAX);
        check.optional("evidence_message", &self.evidence_message, LINE_MAX);
        check.optional("decided_by", &self.decided_by, NAME_MAX);
        for (field, later) in
            [("expires_at_ms", self.expires_at_ms), ("withdrawn_at_ms", self.withdrawn_at_ms)]
        {
            if later.is_some_and(|later| later < self.decided_at_ms) {
                check.wrong(field, "date_order", &[]);
            }
        }
        check.external_ids(&self.external_ids);
        check.foreign(&self.foreign);
    }
}
