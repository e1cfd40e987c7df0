//! What FHIR says of any person: names, telecoms, addresses, identifiers. Both ways.

use serde_json::{Map, Value, json};

use super::identity::ResourceKey;
use super::json::{integer, joined, object, objects, owned, set, text};
use super::problem::{Problem, ProblemCode};
use crate::date::PartialDate;
use crate::normalise::digits;
use crate::parts::{
    Address, ContactUse, Email, Entries, ExternalId, OfficialDocument, PersonName, Phone, PhoneKind, Sex,
};

/// A telecom that Posto keeps as a telephone or an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Telecom {
    Phone(Phone),
    Email(Email),
}

/// An identifier that Posto keeps as an official document or as another system's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identifier {
    Document(OfficialDocument),
    External(ExternalId),
}

pub(super) fn name_from(name: &Value) -> Result<PersonName, Problem> {
    Ok(PersonName {
        text: owned(name, "text")?,
        given: joined(name, "given")?,
        family: owned(name, "family")?,
        prefix: joined(name, "prefix")?,
        suffix: joined(name, "suffix")?,
    })
}

pub(super) fn name_to(item: &mut Map<String, Value>, name: &PersonName) {
    set(item, "text", name.text.as_deref());
    set(item, "family", name.family.as_deref());
    for (key, value) in [("given", &name.given), ("prefix", &name.prefix), ("suffix", &name.suffix)] {
        let came = joined(&Value::Object(item.clone()), key).ok().flatten();
        if came.as_ref() == value.as_ref() {
            continue;
        }
        match value {
            Some(words) => drop(item.insert(key.to_owned(), words.split(' ').collect())),
            None => drop(item.shift_remove(key)),
        }
    }
}

/// The telephones and e-mail addresses among a list of telecoms.
pub(super) fn telecoms_from(owner: &Value, key: &ResourceKey) -> Result<Entries<Telecom>, Problem> {
    let mut entries = Entries::new();
    for (index, item) in objects(owner, "telecom")?.iter().enumerate() {
        let (Some(system), Some(value)) = (text(item, "system")?, text(item, "value")?) else { continue };
        let usage = text(item, "use")?;
        let rank = integer(item, "rank")?;
        let telecom = match system {
            "email" => Telecom::Email(Email { address: value.to_owned(), r#use: contact_use(usage), rank }),
            "phone" | "sms" | "fax" | "pager" => {
                let kind = match (system, usage) {
                    ("fax", _) => Some(PhoneKind::Fax),
                    ("pager", _) => Some(PhoneKind::Pager),
                    ("sms", _) | (_, Some("mobile")) => Some(PhoneKind::Mobile),
                    (_, Some("home")) => Some(PhoneKind::Home),
                    (_, Some("work")) => Some(PhoneKind::Work),
                    _ => None,
                };
                Telecom::Phone(Phone { number: value.to_owned(), kind, rank, ..Phone::default() })
            }
            _ => continue,
        };
        entries.insert(key.entry("telecom", index), telecom);
    }
    Ok(entries)
}

pub(super) fn telecom_to(item: &mut Map<String, Value>, telecom: &Telecom) {
    let (system, value, usage, rank) = match telecom {
        Telecom::Email(email) => {
            ("email", &email.address, email.r#use.as_ref().and_then(contact_code), email.rank)
        }
        Telecom::Phone(phone) => {
            let (system, usage) = match &phone.kind {
                Some(PhoneKind::Fax) => ("fax", None),
                Some(PhoneKind::Pager) => ("pager", None),
                Some(PhoneKind::Mobile) => ("phone", Some("mobile")),
                Some(PhoneKind::Home) => ("phone", Some("home")),
                Some(PhoneKind::Work) => ("phone", Some("work")),
                Some(PhoneKind::Other(_)) | None => ("phone", None),
            };
            (system, &phone.number, usage, phone.rank)
        }
    };
    set(item, "system", Some(system));
    set(item, "value", Some(value));
    if usage.is_some() {
        set(item, "use", usage);
    }
    // FHIR's ranks start at 1.
    match rank.filter(|rank| *rank > 0) {
        Some(rank) => drop(item.insert("rank".to_owned(), rank.into())),
        None => drop(item.shift_remove("rank")),
    }
}

/// Telecoms as the record's two collections, and back.
pub(super) fn split_telecoms(entries: Entries<Telecom>) -> (Entries<Phone>, Entries<Email>) {
    let (mut phones, mut emails) = (Entries::new(), Entries::new());
    for (key, telecom) in entries {
        match telecom {
            Telecom::Phone(phone) => drop(phones.insert(key, phone)),
            Telecom::Email(email) => drop(emails.insert(key, email)),
        }
    }
    (phones, emails)
}

pub(super) fn join_telecoms(phones: &Entries<Phone>, emails: &Entries<Email>) -> Entries<Telecom> {
    let phones = phones.iter().map(|(key, phone)| (*key, Telecom::Phone(phone.clone())));
    let emails = emails.iter().map(|(key, email)| (*key, Telecom::Email(email.clone())));
    phones.chain(emails).collect()
}

fn contact_use(code: Option<&str>) -> Option<ContactUse> {
    match code? {
        "temp" => Some(ContactUse::Temporary),
        other => Some(other.into()),
    }
}

fn contact_code(usage: &ContactUse) -> Option<&'static str> {
    match usage {
        ContactUse::Home => Some("home"),
        ContactUse::Work => Some("work"),
        ContactUse::Billing => Some("billing"),
        ContactUse::Temporary => Some("temp"),
        ContactUse::Old => Some("old"),
        ContactUse::Other(_) => None,
    }
}

pub(super) fn address_from(item: &Value) -> Result<Address, Problem> {
    let lines: Vec<&str> = match item.get("line") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        Some(_) => return Err(ProblemCode::WrongType.at("address.line")),
    };
    let rest = lines.get(1..).unwrap_or_default().join(", ");
    Ok(Address {
        r#use: contact_use(text(item, "use")?),
        street: lines.first().map(|line| (*line).to_owned()),
        complement: Some(rest).filter(|rest| !rest.is_empty()),
        district: owned(item, "district")?,
        city: owned(item, "city")?,
        state: owned(item, "state")?,
        postal_code: owned(item, "postalCode")?,
        country: owned(item, "country")?,
        text: owned(item, "text")?,
        latitude: geolocation(item, "latitude"),
        longitude: geolocation(item, "longitude"),
        ..Address::default()
    })
}

fn geolocation(item: &Value, axis: &str) -> Option<String> {
    let inside = |value: &'_ Value, url: &str| -> Option<Value> {
        let extensions = value.get("extension")?.as_array()?;
        let found =
            extensions.iter().find(|extension| extension.get("url").and_then(Value::as_str) == Some(url))?;
        Some(found.clone())
    };
    let place = inside(item, "http://hl7.org/fhir/StructureDefinition/geolocation")?;
    Some(inside(&place, axis)?.get("valueDecimal")?.as_number()?.to_string())
}

pub(super) fn address_to(item: &mut Map<String, Value>, address: &Address) {
    let street = match (&address.street, &address.number) {
        (Some(street), Some(number)) => Some(format!("{street}, {number}")),
        (street, number) => street.clone().or_else(|| number.clone()),
    };
    let lines: Vec<String> = [street, address.complement.clone()].into_iter().flatten().collect();
    match lines.is_empty() {
        true => drop(item.shift_remove("line")),
        false => drop(item.insert("line".to_owned(), lines.into())),
    }
    if let Some(usage) = address.r#use.as_ref().and_then(contact_code) {
        set(item, "use", Some(usage));
    }
    for (key, value) in [
        ("district", &address.district),
        ("city", &address.city),
        ("state", &address.state),
        ("postalCode", &address.postal_code),
        ("country", &address.country),
        ("text", &address.text),
    ] {
        set(item, key, value.as_deref());
    }
}

pub(super) fn addresses_from(owner: &Value, key: &ResourceKey) -> Result<Entries<Address>, Problem> {
    let items = objects(owner, "address")?.iter().enumerate();
    items.map(|(index, item)| Ok((key.entry("address", index), address_from(item)?))).collect()
}

/// Official documents by the system or the type code that marks them, and how the kind is written.
const DOCUMENT_KINDS: [(&str, &str, &str, bool); 7] = [
    ("ssn", "http://hl7.org/fhir/sid/us-ssn", "SS", true),
    ("cpf", "http://rnds.saude.gov.br/fhir/r4/NamingSystem/cpf", "TAX", true),
    ("cpf", "urn:oid:2.16.840.1.113883.13.237", "", true),
    ("cns", "http://rnds.saude.gov.br/fhir/r4/NamingSystem/cns", "HC", true),
    ("cns", "urn:oid:2.16.840.1.113883.13.236", "", true),
    ("passport", "http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber", "PPN", false),
    ("driver_license", "urn:oid:2.16.840.1.113883.4.3.25", "DL", false),
];

pub(super) fn identifiers_from(owner: &Value, key: &ResourceKey) -> Result<Entries<Identifier>, Problem> {
    let mut entries = Entries::new();
    for (index, item) in objects(owner, "identifier")?.iter().enumerate() {
        let Some(value) = text(item, "value")? else { continue };
        let system = text(item, "system")?.unwrap_or_default();
        let code = object(item, "type")?
            .and_then(|concept| concept.get("coding")?.get(0)?.get("code")?.as_str())
            .unwrap_or_default();
        let of_system = DOCUMENT_KINDS.iter().find(|row| row.1 == system);
        // TAX and HC mean another number in every country; only their systems are sure.
        let of_type =
            || DOCUMENT_KINDS.iter().find(|row| matches!(code, "SS" | "PPN" | "DL") && row.2 == code);
        let identifier = match of_system.or_else(of_type) {
            Some((kind, _, _, masked)) => Identifier::Document(OfficialDocument {
                kind: (*kind).to_owned(),
                value: if *masked { digits(value) } else { value.to_owned() },
                ..OfficialDocument::default()
            }),
            None if system.is_empty() => continue,
            None => Identifier::External(ExternalId { system: system.to_owned(), value: value.to_owned() }),
        };
        entries.insert(key.entry("identifier", index), identifier);
    }
    Ok(entries)
}

pub(super) fn identifier_to(item: &mut Map<String, Value>, identifier: &Identifier) {
    match identifier {
        Identifier::Document(document) => {
            let known = DOCUMENT_KINDS.iter().find(|row| row.0 == document.kind);
            if !item.contains_key("system") {
                let system =
                    known.map_or_else(|| format!("urn:posto:document:{}", document.kind), |row| row.1.into());
                set(item, "system", Some(&system));
            }
            set(item, "value", Some(&document.value));
            if let Some(issuer) = &document.issuer {
                item.insert("assigner".to_owned(), json!({ "display": issuer }));
            }
        }
        Identifier::External(external) => {
            set(item, "system", Some(&external.system));
            set(item, "value", Some(&external.value));
        }
    }
}

pub(super) fn split_identifiers(
    entries: Entries<Identifier>,
) -> (Entries<OfficialDocument>, Entries<ExternalId>) {
    let (mut documents, mut externals) = (Entries::new(), Entries::new());
    for (key, identifier) in entries {
        match identifier {
            Identifier::Document(document) => drop(documents.insert(key, document)),
            Identifier::External(external) => drop(externals.insert(key, external)),
        }
    }
    (documents, externals)
}

pub(super) fn join_identifiers(
    documents: &Entries<OfficialDocument>,
    externals: &Entries<ExternalId>,
) -> Entries<Identifier> {
    let documents = documents.iter().map(|(key, document)| (*key, Identifier::Document(document.clone())));
    let externals = externals.iter().map(|(key, external)| (*key, Identifier::External(external.clone())));
    documents.chain(externals).collect()
}

pub(super) fn sex_from(resource: &Value) -> Result<Option<Sex>, Problem> {
    match text(resource, "gender")?.map(Sex::from) {
        Some(Sex::Other(_)) => Err(ProblemCode::InvalidCode.at("gender")),
        sex => Ok(sex),
    }
}

/// A date element that must exist in the calendar.
pub(super) fn date_from(resource: &Value, key: &'static str) -> Result<Option<PartialDate>, Problem> {
    let Some(text) = text(resource, key)? else { return Ok(None) };
    super::temporal::day_of(text).map(Some).ok_or_else(|| ProblemCode::InvalidDate.at(key))
}

/// Lists of objects of a resource that a record keeps.
pub(super) fn list<'a>(resource: Option<&'a Value>, key: &str) -> &'a [Value] {
    resource.and_then(|value| value.get(key)).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
