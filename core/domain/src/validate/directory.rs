//! Checks of what the server writes: clinics, locations, users, roles, devices, settings.

use super::limits::{EMAIL_MAX, LINE_MAX, NAME_MAX, SHORT_MAX, URI_MAX};
use super::{Check, Validate};
use crate::clinic::Clinic;
use crate::device::Device;
use crate::jurisdiction::Holder;
use crate::location::Location;
use crate::role_grant::{Role, RoleGrant};
use crate::setting::Setting;
use crate::user::User;

impl Validate for Clinic {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.required("name", &self.name, NAME_MAX);
        check.optional("legal_name", &self.legal_name, NAME_MAX);
        if check.rules.jurisdictions.get(&self.jurisdiction).is_none() {
            check.refuse("jurisdiction", "unknown_jurisdiction", &[]);
        }
        check.time_zone("time_zone", &self.time_zone);
        check.language("language", &self.language);
        check.words("languages", &self.languages);
        check.documents(&self.documents, Holder::Organisation);
        check.phones(&self.phones);
        check.emails(&self.emails);
        check.within("address", |check| check.address(&self.address));
        check.external_ids(&self.external_ids);
        check.foreign(&self.foreign);
    }
}

impl Validate for Location {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.required("name", &self.name, NAME_MAX);
        check.time_zone("time_zone", &self.time_zone);
        check.phones(&self.phones);
        check.emails(&self.emails);
        check.within("address", |check| check.address(&self.address));
        check.external_ids(&self.external_ids);
        check.foreign(&self.foreign);
    }
}

impl Validate for User {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.required("name", &self.name, NAME_MAX);
        check.required("login", &self.login, SHORT_MAX);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@+".contains(c);
        if !self.login.chars().all(plain) {
            check.refuse("login", "invalid_format", &[]);
        }
        check.optional("email", &self.email, EMAIL_MAX);
        if let Some(email) = &self.email {
            check.email_address("email", email);
        }
        check.optional("phone", &self.phone, SHORT_MAX);
        if let Some(phone) = &self.phone {
            check.phone_number("phone", phone);
        }
        check.language("language", &self.language);
        // A secret in clear must never reach a document that is replicated.
        if self.password_hash.as_ref().is_some_and(|hash| !hash.starts_with("$argon2id$")) {
            check.refuse("password_hash", "invalid_format", &[]);
        }
    }
}

impl Validate for RoleGrant {
    fn check(&self, check: &mut Check<'_, '_>) {
        if !self.role.is_known() {
            check.refuse("role", "unknown_role", &[]);
        }
        if let (Some(from), Some(until)) = (self.valid_from_ms, self.valid_until_ms)
            && until <= from
        {
            check.wrong("valid_until_ms", "date_order", &[]);
        }
        if matches!(self.role, Role::Patient | Role::Caregiver) && self.patient.is_none() {
            check.wrong("patient", "required", &[]);
        }
    }
}

impl Validate for Device {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.required("name", &self.name, NAME_MAX);
        check.optional("revoked_reason", &self.revoked_reason, LINE_MAX);
        let hex = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if self.certificate_fingerprint.as_ref().is_some_and(|text| !hex(text)) {
            check.refuse("certificate_fingerprint", "invalid_format", &[]);
        }
    }
}

impl Validate for Setting {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.required("key", &self.key, SHORT_MAX);
        check.text("value", &self.value, URI_MAX);
        check.json("value", &self.value);
        check.date("effective_from", &self.effective_from);
    }
}
