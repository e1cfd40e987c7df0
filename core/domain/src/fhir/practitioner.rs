//! Practitioner: FHIR's and ours.

use serde_json::{Map, Value, json};

use super::identity::ResourceKey;
use super::json::{concept_text, flag, object, objects, text};
use super::overlay::{Overlay, merged};
use super::person::{
    address_to, addresses_from, date_from, identifier_to, identifiers_from, join_identifiers, join_telecoms,
    list, name_from, name_to, sex_from, split_identifiers, split_telecoms, telecom_to, telecoms_from,
};
use super::problem::Problem;
use super::resource::{FULL_URL_KEY, Resource};
use crate::id::PractitionerId;
use crate::parts::{Entries, ExternalId, PersonName};
use crate::practitioner::{Practitioner, Registration};

/// Under which name a practitioner keeps the resource it came from.
pub const PRACTITIONER_KEY: &str = "fhir/Practitioner";

/// The United States' register of providers.
const NPI_SYSTEM: &str = "http://hl7.org/fhir/sid/us-npi";

pub(super) fn check(resource: &Resource) -> Result<(), Problem> {
    build(PractitionerId::NIL, &resource.key, &resource.value).map(|_| ())
}

/// The practitioner that a resource says, with the resource kept in it.
///
/// # Errors
/// None for a resource that [`Resource::parse`] accepted.
pub fn practitioner_from(id: PractitionerId, resource: &Resource) -> Result<Practitioner, Problem> {
    let mut practitioner = build(id, &resource.key, &resource.value)?;
    practitioner.foreign.insert(PRACTITIONER_KEY.to_owned(), resource.text.clone());
    if let Some(url) = &resource.full_url {
        practitioner.foreign.insert(FULL_URL_KEY.to_owned(), url.clone());
    }
    Ok(practitioner)
}

fn build(id: PractitionerId, key: &ResourceKey, value: &Value) -> Result<Practitioner, Problem> {
    let items = objects(value, "name")?;
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        text(item, "use")?;
        names.push(name_from(item)?);
    }
    let mut practitioner = Practitioner::new(id, names.into_iter().next().unwrap_or_default());
    (practitioner.phones, practitioner.emails) = split_telecoms(telecoms_from(value, key)?);
    practitioner.addresses = addresses_from(value, key)?;
    (practitioner.documents, practitioner.external_ids) = split_identifiers(identifiers_from(value, key)?);
    practitioner.registrations = registrations(&practitioner.external_ids);
    practitioner.specialties = specialties_from(value, key)?;
    practitioner.sex = sex_from(value)?;
    practitioner.birth_date = date_from(value, "birthDate")?;
    practitioner.inactive = flag(value, "active")? == Some(false);
    Ok(practitioner)
}

/// Entries of a council's register, under the keys of the identifiers that say so.
fn registrations(externals: &Entries<ExternalId>) -> Entries<Registration> {
    let of = |external: &ExternalId| {
        (external.system == NPI_SYSTEM).then(|| Registration {
            council: "NPI".to_owned(),
            number: external.value.clone(),
            ..Registration::default()
        })
    };
    externals.iter().filter_map(|(key, external)| Some((*key, of(external)?))).collect()
}

fn specialties_from(value: &Value, key: &ResourceKey) -> Result<Entries<String>, Problem> {
    let mut specialties = Entries::new();
    for (index, item) in objects(value, "qualification")?.iter().enumerate() {
        if let Some(words) = object(item, "code")?.and_then(concept_text) {
            specialties.insert(key.entry("qualification", index), words.to_owned());
        }
    }
    Ok(specialties)
}

/// The practitioner as a resource: what came, overlaid by what the record says by now.
pub fn practitioner_to(practitioner: &Practitioner) -> String {
    let id = practitioner.id;
    let verbatim = practitioner.foreign.get(PRACTITIONER_KEY).map(String::as_str);
    let full_url = practitioner.foreign.get(FULL_URL_KEY).map(String::as_str);
    let came = verbatim.and_then(|text| Resource::parse(text, full_url).ok());
    let key = came
        .as_ref()
        .map_or_else(|| ResourceKey::new("Practitioner", id.to_string()), |came| came.key.clone());
    let value = came.as_ref().map(|came| &came.value);
    let then = value
        .and_then(|value| build(id, &key, value).ok())
        .unwrap_or_else(|| Practitioner::new(id, PersonName::default()));
    let mut out = Overlay::new(verbatim, "Practitioner", &id.to_string());
    if then.name != practitioner.name {
        let of = |name: &PersonName| Entries::from([(key.entry("name", 0), name.clone())]);
        let entry = |index| key.entry("name", index);
        out.set_list(
            "name",
            merged(list(value, "name"), entry, &of(&then.name), &of(&practitioner.name), name_to),
        );
    }
    let telecoms = join_telecoms(&then.phones, &then.emails);
    let now = join_telecoms(&practitioner.phones, &practitioner.emails);
    if telecoms != now {
        let entry = |index| key.entry("telecom", index);
        out.set_list("telecom", merged(list(value, "telecom"), entry, &telecoms, &now, telecom_to));
    }
    if then.addresses != practitioner.addresses {
        let entry = |index| key.entry("address", index);
        out.set_list(
            "address",
            merged(list(value, "address"), entry, &then.addresses, &practitioner.addresses, address_to),
        );
    }
    let before = join_identifiers(&then.documents, &then.external_ids);
    let now = join_identifiers(&practitioner.documents, &practitioner.external_ids);
    if before != now {
        let entry = |index| key.entry("identifier", index);
        out.set_list("identifier", merged(list(value, "identifier"), entry, &before, &now, identifier_to));
    }
    if then.specialties != practitioner.specialties {
        let entry = |index| key.entry("qualification", index);
        let items = merged(
            list(value, "qualification"),
            entry,
            &then.specialties,
            &practitioner.specialties,
            specialty_to,
        );
        out.set_list("qualification", items);
    }
    if then.sex != practitioner.sex {
        let sex = practitioner.sex.as_ref().filter(|sex| sex.is_known());
        out.set("gender", sex.map(|sex| sex.as_str().into()));
    }
    if then.birth_date != practitioner.birth_date {
        let date = practitioner.birth_date.as_ref().filter(|date| date.earliest().is_some());
        out.set("birthDate", date.map(|date| date.to_string().into()));
    }
    if then.inactive != practitioner.inactive {
        out.set("active", Some((!practitioner.inactive).into()));
    }
    out.into_text()
}

fn specialty_to(item: &mut Map<String, Value>, words: &String) {
    item.insert("code".to_owned(), json!({ "text": words }));
}
