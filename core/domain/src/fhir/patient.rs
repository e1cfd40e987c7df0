//! Patient: FHIR's and ours.

use serde_json::{Map, Value, json};

use super::confidentiality;
use super::identity::ResourceKey;
use super::json::{flag, integer, object, objects, text};
use super::overlay::{Overlay, merged};
use super::person::{
    Identifier, address_to, addresses_from, date_from, identifier_to, identifiers_from, join_identifiers,
    join_telecoms, list, name_from, name_to, sex_from, split_identifiers, split_telecoms, telecom_to,
    telecoms_from,
};
use super::problem::Problem;
use super::resource::{FULL_URL_KEY, Resource};
use crate::id::{EntryKey, PatientId};
use crate::parts::{Entries, ExternalId, PersonName};
use crate::patient::{Guardian, GuardianRole, MaritalStatus, OtherName, Patient};

/// Under which name a patient keeps the resource it came from.
pub const PATIENT_KEY: &str = "fhir/Patient";

const RECORD_NUMBER_SYSTEM: &str = "urn:posto:record-number";

/// FHIR's marital status codes and ours.
const MARITAL: [(&str, MaritalStatus); 8] = [
    ("S", MaritalStatus::Single),
    ("U", MaritalStatus::Single),
    ("M", MaritalStatus::Married),
    ("T", MaritalStatus::Partnership),
    ("L", MaritalStatus::Separated),
    ("D", MaritalStatus::Divorced),
    ("W", MaritalStatus::Widowed),
    ("UNK", MaritalStatus::Unknown),
];

/// FHIR's relationship codes (v3 RoleCode, v2 0131) and ours.
const ROLES: [(&str, GuardianRole); 9] = [
    ("MTH", GuardianRole::Mother),
    ("FTH", GuardianRole::Father),
    ("GUARD", GuardianRole::LegalGuardian),
    ("SPS", GuardianRole::Spouse),
    ("CHILD", GuardianRole::Child),
    ("SIB", GuardianRole::Sibling),
    ("C", GuardianRole::Emergency),
    ("ECON", GuardianRole::Emergency),
    ("I", GuardianRole::Payer),
];

pub(super) fn check(resource: &Resource) -> Result<(), Problem> {
    build(PatientId::NIL, &resource.key, &resource.value).map(|_| ())
}

/// The patient that a resource says, with the resource kept in it.
///
/// # Errors
/// None for a resource that [`Resource::parse`] accepted.
pub fn patient_from(id: PatientId, resource: &Resource) -> Result<Patient, Problem> {
    let mut patient = build(id, &resource.key, &resource.value)?;
    patient.foreign.insert(PATIENT_KEY.to_owned(), resource.text.clone());
    if let Some(url) = &resource.full_url {
        patient.foreign.insert(FULL_URL_KEY.to_owned(), url.clone());
    }
    Ok(patient)
}

fn build(id: PatientId, key: &ResourceKey, value: &Value) -> Result<Patient, Problem> {
    let mut patient = Patient::new(id);
    let names = names_from(value, key)?;
    if let Some((_, main)) = names.main {
        patient.name = main;
    }
    patient.other_names = names.others;
    (patient.phones, patient.emails) = split_telecoms(telecoms_from(value, key)?);
    patient.addresses = addresses_from(value, key)?;
    (patient.documents, patient.external_ids) = split_identifiers(identifiers_from(value, key)?);
    patient.birth_date = date_from(value, "birthDate")?;
    patient.sex = sex_from(value)?;
    patient.deceased_on = date_from(value, "deceasedDateTime")?;
    patient.deceased = patient.deceased_on.is_some() || flag(value, "deceasedBoolean")?.unwrap_or(false);
    patient.inactive = flag(value, "active")? == Some(false);
    patient.restricted = confidentiality::is_restricted(value);
    patient.multiple_birth = integer(value, "multipleBirthInteger")?;
    flag(value, "multipleBirthBoolean")?;
    patient.marital_status = object(value, "maritalStatus")?.and_then(|status| {
        let code = status.get("coding")?.get(0)?.get("code")?.as_str()?;
        MARITAL.iter().find(|row| row.0 == code).map(|row| row.1.clone())
    });
    patient.language = language_from(value)?;
    patient.guardians = guardians_from(value, key)?;
    let extensions = objects(value, "extension")?;
    patient.race = us_core(extensions, "us-core-race");
    patient.ethnicity = us_core(extensions, "us-core-ethnicity");
    patient.birth_place = birth_place(extensions);
    Ok(patient)
}

/// A patient's names: the one that counts with its place in the list, and the others.
struct Names {
    main: Option<(usize, PersonName)>,
    others: Entries<OtherName>,
}

fn names_from(value: &Value, key: &ResourceKey) -> Result<Names, Problem> {
    let items = objects(value, "name")?;
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        names.push((text(item, "use")?.unwrap_or_default(), name_from(item)?));
    }
    // Official before usual before the first that is none of the names a person no longer has.
    let rank = |usage: &str| match usage {
        "official" => 0,
        "usual" => 1,
        "" | "temp" => 2,
        _ => 3,
    };
    let main = names
        .iter()
        .enumerate()
        .filter(|(_, (_, name))| !name.is_empty())
        .min_by_key(|(index, (usage, _))| (rank(usage), *index))
        .map(|(index, _)| index);
    let mut others = Entries::new();
    for (index, (usage, name)) in names.iter().enumerate() {
        if Some(index) != main && !name.is_empty() {
            let PersonName { text, given, family, prefix, suffix } = name.clone();
            let r#use = Some(*usage).filter(|usage| !usage.is_empty()).map(Into::into);
            others.insert(key.entry("name", index), OtherName { r#use, text, given, family, prefix, suffix });
        }
    }
    let main = main.and_then(|index| names.get(index).map(|(_, name)| (index, name.clone())));
    Ok(Names { main, others })
}

fn language_from(value: &Value) -> Result<Option<String>, Problem> {
    let spoken = objects(value, "communication")?;
    let preferred = spoken.iter().find(|item| item.get("preferred") == Some(&Value::Bool(true)));
    let Some(item) = preferred.or_else(|| spoken.first()) else { return Ok(None) };
    let Some(language) = object(item, "language")? else { return Ok(None) };
    Ok(language.get("coding").and_then(|codings| codings.get(0)?.get("code")?.as_str()).map(str::to_owned))
}

fn guardians_from(value: &Value, key: &ResourceKey) -> Result<Entries<Guardian>, Problem> {
    let mut guardians = Entries::new();
    for (index, item) in objects(value, "contact")?.iter().enumerate() {
        let name = object(item, "name")?.map(name_from).transpose()?.unwrap_or_default();
        let codes = objects(item, "relationship")?
            .iter()
            .filter_map(|concept| concept.get("coding")?.as_array())
            .flatten()
            .filter_map(|coding| coding.get("code")?.as_str());
        let role =
            codes.filter_map(|code| ROLES.iter().find(|row| row.0 == code)).map(|row| row.1.clone()).next();
        let (phones, emails) =
            split_telecoms(telecoms_from(item, &ResourceKey::new("contact", index.to_string()))?);
        let guardian = Guardian {
            name: name.display(),
            emergency: role == Some(GuardianRole::Emergency),
            role,
            phone: phones.into_values().next().map(|phone| phone.number),
            email: emails.into_values().next().map(|email| email.address),
            ..Guardian::default()
        };
        if !guardian.name.is_empty() || guardian.phone.is_some() {
            guardians.insert(key.entry("contact", index), guardian);
        }
    }
    Ok(guardians)
}

fn us_core(extensions: &[Value], name: &str) -> Option<String> {
    let is = |extension: &&Value| {
        extension.get("url").and_then(Value::as_str).is_some_and(|url| url.rsplit('/').next() == Some(name))
    };
    let parts = extensions.iter().find(is)?.get("extension")?.as_array()?;
    let words = parts.iter().find(|part| part.get("url").and_then(Value::as_str) == Some("text"))?;
    words.get("valueString")?.as_str().map(str::to_owned)
}

fn birth_place(extensions: &[Value]) -> Option<String> {
    const URL: &str = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";
    let found =
        extensions.iter().find(|extension| extension.get("url").and_then(Value::as_str) == Some(URL))?;
    let place = found.get("valueAddress")?;
    if let Some(text) = place.get("text").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    let parts: Vec<&str> =
        ["city", "state", "country"].iter().filter_map(|part| place.get(part)?.as_str()).collect();
    Some(parts.join(", ")).filter(|place| !place.is_empty())
}

/// The patient as a resource: what came, overlaid by what the record says by now.
pub fn patient_to(patient: &Patient) -> String {
    let verbatim = patient.foreign.get(PATIENT_KEY).map(String::as_str);
    let full_url = patient.foreign.get(FULL_URL_KEY).map(String::as_str);
    let came = verbatim.and_then(|text| Resource::parse(text, full_url).ok());
    let key = came
        .as_ref()
        .map_or_else(|| ResourceKey::new("Patient", patient.id.to_string()), |came| came.key.clone());
    let value = came.as_ref().map(|came| &came.value);
    let then = value
        .and_then(|value| build(patient.id, &key, value).ok())
        .unwrap_or_else(|| Patient::new(patient.id));
    let mut out = Overlay::new(verbatim, "Patient", &patient.id.to_string());

    if (&then.name, &then.other_names, &then.social_name)
        != (&patient.name, &patient.other_names, &patient.social_name)
    {
        out.set_list("name", names_to(list(value, "name"), &key, &then, patient));
    }
    let (telecoms, now) =
        (join_telecoms(&then.phones, &then.emails), join_telecoms(&patient.phones, &patient.emails));
    if telecoms != now {
        let items =
            merged(list(value, "telecom"), |index| key.entry("telecom", index), &telecoms, &now, telecom_to);
        out.set_list("telecom", items);
    }
    if then.addresses != patient.addresses {
        let entry = |index| key.entry("address", index);
        out.set_list(
            "address",
            merged(list(value, "address"), entry, &then.addresses, &patient.addresses, address_to),
        );
    }
    let before = join_identifiers(&then.documents, &then.external_ids);
    let mut now = join_identifiers(&patient.documents, &patient.external_ids);
    if let Some(number) = patient.record_number {
        let number = ExternalId { system: RECORD_NUMBER_SYSTEM.to_owned(), value: number.to_string() };
        now.insert(key.entry("record_number", 0), Identifier::External(number));
    }
    if before != now {
        let entry = |index| key.entry("identifier", index);
        out.set_list("identifier", merged(list(value, "identifier"), entry, &before, &now, identifier_to));
    }
    if then.guardians != patient.guardians {
        let entry = |index| key.entry("contact", index);
        out.set_list(
            "contact",
            merged(list(value, "contact"), entry, &then.guardians, &patient.guardians, guardian_to),
        );
    }
    scalars_to(&mut out, value.and_then(|value| value.get("meta")), &then, patient);
    out.into_text()
}

fn scalars_to(out: &mut Overlay, meta: Option<&Value>, then: &Patient, now: &Patient) {
    if then.birth_date != now.birth_date {
        out.set(
            "birthDate",
            now.birth_date.as_ref().filter(|date| date.earliest().is_some()).map(|d| d.to_string().into()),
        );
        out.set("_birthDate", None);
    }
    if then.sex != now.sex {
        out.set("gender", now.sex.as_ref().filter(|sex| sex.is_known()).map(|sex| sex.as_str().into()));
    }
    if (then.deceased, &then.deceased_on) != (now.deceased, &now.deceased_on) {
        let on = now.deceased_on.as_ref().filter(|date| now.deceased && date.earliest().is_some());
        out.set("deceasedBoolean", on.is_none().then_some(now.deceased.into()));
        out.set("deceasedDateTime", on.map(|date| date.to_string().into()));
    }
    if then.inactive != now.inactive {
        out.set("active", Some((!now.inactive).into()));
    }
    if then.restricted != now.restricted {
        out.set("meta", confidentiality::marked(meta, now.restricted));
    }
    if then.multiple_birth != now.multiple_birth {
        out.set("multipleBirthBoolean", None);
        out.set("multipleBirthInteger", now.multiple_birth.map(Into::into));
    }
    if then.marital_status != now.marital_status {
        let code = now.marital_status.as_ref().and_then(|status| MARITAL.iter().find(|row| row.1 == *status));
        let system = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";
        out.set("maritalStatus", code.map(|row| json!({ "coding": [{ "system": system, "code": row.0 }] })));
    }
    if then.language != now.language {
        let spoken = now.language.as_ref().map(|code| {
            json!([{ "language": { "coding": [{ "system": "urn:ietf:bcp:47", "code": code }] }, "preferred": true }])
        });
        out.set("communication", spoken);
    }
}

fn names_to(came: &[Value], key: &ResourceKey, then: &Patient, now: &Patient) -> Vec<Value> {
    let value = json!({ "name": came });
    let main =
        names_from(&value, key).ok().and_then(|names| names.main).map_or(came.len(), |(index, _)| index);
    let of = |patient: &Patient| -> Entries<(Option<String>, PersonName)> {
        let other = |other: &OtherName| {
            let OtherName { r#use, text, given, family, prefix, suffix } = other.clone();
            let r#use = r#use.filter(|usage| usage.is_known()).map(|usage| usage.as_str().to_owned());
            (r#use, PersonName { text, given, family, prefix, suffix })
        };
        let mut names: Entries<_> =
            patient.other_names.iter().map(|(key, name)| (*key, other(name))).collect();
        if !patient.name.is_empty() {
            names.insert(key.entry("name", main), (None, patient.name.clone()));
        }
        if let Some(social) = &patient.social_name {
            names.insert(EntryKey::NIL, (Some("usual".to_owned()), PersonName::of(social)));
        }
        names
    };
    merged(
        came,
        |index| key.entry("name", index),
        &of(then),
        &of(now),
        |item, (usage, name)| {
            if let Some(usage) = usage {
                item.insert("use".to_owned(), usage.as_str().into());
            } else if !item.contains_key("use") {
                item.insert("use".to_owned(), "official".into());
            }
            name_to(item, name);
        },
    )
}

fn guardian_to(item: &mut Map<String, Value>, guardian: &Guardian) {
    item.insert("name".to_owned(), json!({ "text": guardian.name }));
    if let Some(row) = guardian.role.as_ref().and_then(|role| ROLES.iter().find(|row| row.1 == *role)) {
        let system = if row.0.len() == 1 { "v2-0131" } else { "v3-RoleCode" };
        let system = format!("http://terminology.hl7.org/CodeSystem/{system}");
        item.insert("relationship".to_owned(), json!([{ "coding": [{ "system": system, "code": row.0 }] }]));
    }
    let phone = guardian.phone.as_ref().map(|value| json!({ "system": "phone", "value": value }));
    let email = guardian.email.as_ref().map(|value| json!({ "system": "email", "value": value }));
    let telecoms: Vec<Value> = [phone, email].into_iter().flatten().collect();
    match telecoms.is_empty() {
        true => drop(item.shift_remove("telecom")),
        false => drop(item.insert("telecom".to_owned(), telecoms.into())),
    }
}
