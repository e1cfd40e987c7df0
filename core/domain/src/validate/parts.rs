//! Checks of the parts that several records share.

use std::collections::BTreeMap;

use super::limits::{EMAIL_MAX, FOREIGN_BYTES_MAX, LINE_MAX, NAME_MAX, NOTE_MAX, SHORT_MAX, URI_MAX};
use super::{Check, Strictness};
use crate::date::PartialDate;
use crate::jurisdiction::Holder;
use crate::parts::{Address, Email, Entries, ExternalId, Foreign, Note, OfficialDocument, PersonName, Phone};
use crate::phone::read_phone;

impl Check<'_, '_> {
    pub(crate) fn name(&mut self, field: &str, name: &PersonName) {
        self.within(field, |check| {
            let parts = [("text", &name.text), ("given", &name.given), ("family", &name.family)];
            for (field, part) in parts.into_iter().chain([("prefix", &name.prefix), ("suffix", &name.suffix)])
            {
                check.optional(field, part, NAME_MAX);
            }
        });
    }

    /// A date that exists.
    pub(crate) fn date(&mut self, field: &str, date: &Option<PartialDate>) {
        if let Some(PartialDate::Unreadable(text)) = date {
            self.wrong(field, "invalid_date", &[]);
            self.text(field, text, SHORT_MAX);
        }
    }

    /// A date that exists and is not in the future.
    pub(crate) fn past_date(&mut self, field: &str, date: &Option<PartialDate>) {
        self.date(field, date);
        if date.as_ref().and_then(PartialDate::earliest).is_some_and(|first| first > self.rules.today) {
            self.wrong(field, "date_in_future", &[]);
        }
    }

    /// Two dates in order, as far as they say.
    pub(crate) fn in_order(&mut self, field: &str, from: &Option<PartialDate>, until: &Option<PartialDate>) {
        let first = from.as_ref().and_then(PartialDate::earliest);
        let last = until.as_ref().and_then(PartialDate::latest);
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.wrong(field, "date_order", &[]);
        }
    }

    pub(crate) fn phones(&mut self, phones: &Entries<Phone>) {
        self.entries("phones", phones, |phone, check| {
            check.required("number", &phone.number, SHORT_MAX);
            check.optional("raw", &phone.raw, SHORT_MAX);
            check.optional("extension", &phone.extension, SHORT_MAX);
            check.optional("note", &phone.note, LINE_MAX);
            check.phone_number("number", &phone.number);
            check.rank(phone.rank);
        });
    }

    /// A number that cannot be dialled is kept: it may be one digit short of the right one.
    pub(crate) fn phone_number(&mut self, field: &str, number: &str) {
        if number.trim().is_empty() {
            return;
        }
        match read_phone(number, &self.rules.pack.phone_region) {
            Some(reading) if reading.valid => {}
            _ => self.doubt(field, "invalid_phone"),
        }
    }

    pub(crate) fn emails(&mut self, emails: &Entries<Email>) {
        self.entries("emails", emails, |email, check| {
            check.required("address", &email.address, EMAIL_MAX);
            check.email_address("address", &email.address);
            check.rank(email.rank);
        });
    }

    pub(crate) fn email_address(&mut self, field: &str, address: &str) {
        if !address.trim().is_empty() && !is_email(address.trim()) {
            self.wrong(field, "invalid_email", &[]);
        }
    }

    pub(crate) fn rank(&mut self, rank: Option<i64>) {
        if rank.is_some_and(|rank| rank < 1) {
            self.wrong("rank", "not_positive", &[]);
        }
    }

    pub(crate) fn address(&mut self, address: &Address) {
        let lines = [
            ("street", &address.street),
            ("complement", &address.complement),
            ("district", &address.district),
            ("city", &address.city),
            ("text", &address.text),
        ];
        for (field, line) in lines {
            self.optional(field, line, LINE_MAX);
        }
        let codes = [
            ("number", &address.number),
            ("city_code", &address.city_code),
            ("state", &address.state),
            ("postal_code", &address.postal_code),
            ("country", &address.country),
            ("latitude", &address.latitude),
            ("longitude", &address.longitude),
        ];
        for (field, code) in codes {
            self.optional(field, code, SHORT_MAX);
        }
        self.home_address(address);
        self.degrees("latitude", &address.latitude, 90.0);
        self.degrees("longitude", &address.longitude, 180.0);
    }

    /// What the clinic's own country knows about addresses.
    fn home_address(&mut self, address: &Address) {
        let pack = self.rules.pack;
        if address.country.as_ref().is_some_and(|country| *country != pack.code) {
            return;
        }
        if let Some(code) = &address.postal_code
            && !pack.postal_code.accepts(code)
        {
            self.doubt("postal_code", "invalid_postal_code");
        }
        if let Some(state) = &address.state
            && !pack.regions.codes.contains(state)
        {
            self.doubt("state", "unknown_region");
        }
    }

    fn degrees(&mut self, field: &str, text: &Option<String>, max: f64) {
        if let Some(text) = text
            && !text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= max)
        {
            self.wrong(field, "invalid_number", &[]);
        }
    }

    /// Official documents, of which one kind is held once unless its numbers differ in country.
    pub(crate) fn documents(&mut self, documents: &Entries<OfficialDocument>, holder: Holder) {
        self.entries("documents", documents, |document, check| check.document(document, holder));
    }

    fn document(&mut self, document: &OfficialDocument, holder: Holder) {
        self.required("kind", &document.kind, SHORT_MAX);
        self.required("value", &document.value, SHORT_MAX);
        self.optional("issuer", &document.issuer, LINE_MAX);
        self.optional("country", &document.country, SHORT_MAX);
        self.past_date("issued_on", &document.issued_on);
        self.date("expires_on", &document.expires_on);
        self.in_order("expires_on", &document.issued_on, &document.expires_on);
        let rules = self.rules;
        let pack = match &document.country {
            None => Some(rules.pack),
            Some(country) => rules.jurisdictions.get(country),
        };
        let Some(kind) = pack.and_then(|pack| pack.document(&document.kind)) else {
            // A country without a pack has documents too.
            if pack.is_some() && !document.kind.is_empty() {
                self.doubt("kind", "unknown_kind");
            }
            return;
        };
        if kind.holder != holder && !(holder == Holder::Practitioner && kind.holder == Holder::Person) {
            self.wrong("kind", "wrong_holder", &[]);
        }
        if let Err(fault) = kind.check(&document.value)
            && !document.value.trim().is_empty()
        {
            self.wrong("value", fault.code(), &[("kind", document.kind.clone())]);
        }
    }

    pub(crate) fn external_ids(&mut self, ids: &Entries<ExternalId>) {
        self.entries("external_ids", ids, |id, check| {
            check.text("system", &id.system, URI_MAX);
            check.required("value", &id.value, LINE_MAX);
        });
    }

    pub(crate) fn notes(&mut self, notes: &Entries<Note>) {
        self.entries("notes", notes, |note, check| {
            check.long_text("text", &note.text, NOTE_MAX);
            check.optional("title", &note.title, LINE_MAX);
        });
    }

    /// Words: tags, languages, features.
    pub(crate) fn words(&mut self, field: &str, words: &Entries<String>) {
        self.entries(field, words, |word, check| check.required("", word, SHORT_MAX));
    }

    /// Verbatim parts are JSON, and not a way to store anything of any size.
    pub(crate) fn foreign(&mut self, foreign: &Foreign) {
        let bytes: usize = foreign.iter().map(|(name, text)| name.len() + text.len()).sum();
        if bytes > FOREIGN_BYTES_MAX {
            self.refuse("foreign", "too_large", &[("max", FOREIGN_BYTES_MAX.to_string())]);
        }
        self.within("foreign", |check| {
            for (name, text) in foreign {
                check.json(name, text);
            }
        });
    }

    pub(crate) fn json(&mut self, field: &str, text: &str) {
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
            self.wrong(field, "invalid_json", &[]);
        }
    }

    pub(crate) fn language(&mut self, field: &str, language: &Option<String>) {
        self.optional(field, language, SHORT_MAX);
        if language.as_ref().is_some_and(|tag| !is_language_tag(tag)) {
            self.wrong(field, "unknown_language", &[]);
        }
    }

    pub(crate) fn time_zone(&mut self, field: &str, zone: &Option<String>) {
        if zone.as_ref().is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_err()) {
            self.wrong(field, "unknown_time_zone", &[]);
        }
    }

    /// Two entries that say the same; the later one is named.
    pub(crate) fn twice<'e, T: 'e>(
        &mut self,
        field: &str,
        entries: &'e Entries<T>,
        same: impl Fn(&'e T) -> Option<String>,
    ) {
        let mut seen = BTreeMap::new();
        for (key, entry) in entries {
            let Some(form) = same(entry) else { continue };
            if let Some(first) = seen.insert(form, key)
                && self.rules.strictness == Strictness::Desk
            {
                self.within(field, |check| {
                    check.findings.warn(&key.to_string(), "duplicate_value", &[("first", first.to_string())]);
                });
            }
        }
    }
}

/// Something before an `@`, a domain with a dot after it, no spaces. Whether it works, a message shows.
fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && !address.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
        && domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// The form of BCP 47: a language of 2 or 3 letters, further parts of up to 8.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}
