//! Tidying what people type before it is checked and saved: spaces, Unicode form, telephone numbers,
//! masks of documents. Nothing is guessed: what cannot be read stays as it was typed.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use crate::jurisdiction::Pack;
use crate::parts::{Address, Email, Entries, OfficialDocument, PersonName, Phone};
use crate::patient::{Guardian, Insurance, OtherName, Patient};
use crate::phone::read_phone;
use crate::practitioner::Practitioner;
use crate::record::Record;

/// A record that can be tidied.
pub trait Tidy {
    /// Brings what was typed into the form it is stored in. Doing it twice changes nothing more.
    fn tidy(&mut self, pack: &Pack);
}

/// Tidies what an edit changed and leaves the rest of the record as it stands: an edit of the street must
/// not rewrite a telephone number that an import brought in its own form.
pub fn tidy_changes<R: Record + Tidy>(before: &R, after: R, pack: &Pack) -> R {
    let mut tidied = after.clone();
    tidied.tidy(pack);
    let values = (serde_json::to_value(before), serde_json::to_value(&after), serde_json::to_value(&tidied));
    let (Ok(before), Ok(changed), Ok(tidied)) = values else { return after };
    pick(Some(&before), Some(&changed), Some(&tidied))
        .and_then(|picked| serde_json::from_value(picked).ok())
        .unwrap_or(after)
}

/// The tidied value where the edit changed something, else what stood there.
fn pick(before: Option<&Value>, changed: Option<&Value>, tidied: Option<&Value>) -> Option<Value> {
    if let (Some(Value::Object(old)), Some(Value::Object(new))) = (before, changed) {
        let empty = Map::new();
        let tidied = tidied.and_then(Value::as_object).unwrap_or(&empty);
        let keys: BTreeSet<&String> = new.keys().chain(tidied.keys()).collect();
        let picked = keys
            .into_iter()
            .filter_map(|key| Some((key.clone(), pick(old.get(key), new.get(key), tidied.get(key))?)));
        return Some(Value::Object(picked.collect()));
    }
    if before == changed { changed.cloned() } else { tidied.cloned() }
}

impl Tidy for Patient {
    fn tidy(&mut self, pack: &Pack) {
        self.name.tidy(pack);
        let lines = [
            &mut self.social_name,
            &mut self.mother_name,
            &mut self.father_name,
            &mut self.birth_place,
            &mut self.gender_identity,
            &mut self.pronouns,
            &mut self.race,
            &mut self.ethnicity,
            &mut self.nationality,
            &mut self.occupation,
            &mut self.language,
        ];
        lines.into_iter().for_each(line);
        self.other_names.tidy(pack);
        self.documents.tidy(pack);
        self.phones.tidy(pack);
        self.emails.tidy(pack);
        self.addresses.tidy(pack);
        self.guardians.tidy(pack);
        self.insurances.tidy(pack);
        for allergy in self.allergies.values_mut() {
            text(&mut allergy.substance);
            line(&mut allergy.reactions);
        }
        for condition in self.conditions.values_mut() {
            text(&mut condition.text);
            line(&mut condition.code);
        }
        for medication in self.medications.values_mut() {
            text(&mut medication.name);
            [&mut medication.dose, &mut medication.route, &mut medication.frequency]
                .into_iter()
                .for_each(line);
        }
        self.alerts.values_mut().for_each(|alert| text(&mut alert.text));
        self.tags.values_mut().for_each(text);
    }
}

impl Tidy for Practitioner {
    fn tidy(&mut self, pack: &Pack) {
        self.name.tidy(pack);
        line(&mut self.social_name);
        self.documents.tidy(pack);
        self.phones.tidy(pack);
        self.emails.tidy(pack);
        self.addresses.tidy(pack);
        self.specialties.values_mut().for_each(text);
        for registration in self.registrations.values_mut() {
            text(&mut registration.council);
            text(&mut registration.number);
            line(&mut registration.state);
        }
    }
}

impl<T: Tidy> Tidy for Entries<T> {
    fn tidy(&mut self, pack: &Pack) {
        self.values_mut().for_each(|entry| entry.tidy(pack));
    }
}

impl Tidy for PersonName {
    fn tidy(&mut self, _: &Pack) {
        let parts = [&mut self.text, &mut self.given, &mut self.family, &mut self.prefix, &mut self.suffix];
        parts.into_iter().for_each(line);
    }
}

impl Tidy for OtherName {
    fn tidy(&mut self, _: &Pack) {
        let parts = [&mut self.text, &mut self.given, &mut self.family, &mut self.prefix, &mut self.suffix];
        parts.into_iter().for_each(line);
    }
}

impl Tidy for Phone {
    fn tidy(&mut self, pack: &Pack) {
        text(&mut self.number);
        line(&mut self.extension);
        line(&mut self.note);
        if let Some(reading) = read_phone(&self.number, &pack.phone_region).filter(|reading| reading.valid) {
            self.number = reading.e164;
            self.extension = self.extension.take().or(reading.extension);
            self.kind = self.kind.take().or(reading.kind);
        }
        // Only what the number does not say already.
        self.raw = self.raw.take().filter(|raw| *raw != self.number && !raw.trim().is_empty());
    }
}

impl Tidy for Email {
    fn tidy(&mut self, _: &Pack) {
        text(&mut self.address);
        // Case matters before the @ by the letter of RFC 5321, after it never.
        if let Some((local, domain)) = self.address.rsplit_once('@') {
            self.address = format!("{local}@{}", domain.to_lowercase());
        }
    }
}

impl Tidy for Address {
    fn tidy(&mut self, pack: &Pack) {
        let lines = [
            &mut self.street,
            &mut self.number,
            &mut self.complement,
            &mut self.district,
            &mut self.city,
            &mut self.state,
            &mut self.postal_code,
            &mut self.country,
            &mut self.text,
        ];
        lines.into_iter().for_each(line);
        let is_home = self.country.as_ref().is_none_or(|country| *country == pack.code);
        if is_home {
            // The clinic's own country goes without saying.
            self.country = None;
            if let Some(state) = &mut self.state
                && pack.regions.codes.contains(&state.to_uppercase())
            {
                *state = state.to_uppercase();
            }
            if let Some(code) = &mut self.postal_code
                && let Some(shown) = pack.postal_code.display(code)
            {
                *code = shown;
            }
        }
    }
}

impl Tidy for OfficialDocument {
    fn tidy(&mut self, pack: &Pack) {
        text(&mut self.kind);
        text(&mut self.value);
        line(&mut self.issuer);
        line(&mut self.country);
        if self.country.as_ref() == Some(&pack.code) {
            self.country = None;
        }
        if self.country.is_none()
            && let Some(kind) = pack.document(&self.kind)
        {
            self.value = kind.store_form(&self.value);
        }
    }
}

impl Tidy for Guardian {
    fn tidy(&mut self, pack: &Pack) {
        text(&mut self.name);
        [&mut self.phone, &mut self.email, &mut self.document, &mut self.address].into_iter().for_each(line);
        if let Some(phone) = &mut self.phone
            && let Some(reading) = read_phone(phone, &pack.phone_region).filter(|reading| reading.valid)
        {
            *phone = reading.e164;
        }
        let kind = self.document_kind.as_deref().and_then(|kind| pack.document(kind));
        if let (Some(kind), Some(value)) = (kind, &mut self.document) {
            *value = kind.store_form(value);
        }
    }
}

impl Tidy for Insurance {
    fn tidy(&mut self, _: &Pack) {
        text(&mut self.payer);
        let lines =
            [&mut self.payer_code, &mut self.plan, &mut self.member_id, &mut self.group, &mut self.holder];
        lines.into_iter().for_each(line);
    }
}

/// One line: Unicode composed (NFC), single spaces, none at the ends.
fn text(text: &mut String) {
    let is_tidy = text.is_ascii()
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && !text.bytes().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c));
    if !is_tidy {
        let composed: String = text.nfc().collect();
        *text = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}

/// A line that is nothing when it is empty.
fn line(line: &mut Option<String>) {
    if let Some(content) = line {
        text(content);
    }
    if line.as_ref().is_some_and(String::is_empty) {
        *line = None;
    }
}

#[cfg(test)]
mod tests;
