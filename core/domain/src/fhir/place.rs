//! Organizations and locations of a source, and the clinic's own places.
//!
//! The directory is written by the server alone: an import makes no clinic and no location. What a source says of a
//! place that is the clinic's own is linked to it; everything of it is kept verbatim either way (ADR 12).

use serde_json::Value;

use crate::clinic::Clinic;
use crate::id::DocumentId;
use crate::location::Location;
use crate::normalise::{normalise_document, normalise_name};
use crate::parts::{Entries, ExternalId};

/// The clinic's own places, as the directory has them.
#[derive(Debug, Clone, Default)]
pub struct OwnPlaces {
    clinics: Vec<Clinic>,
    locations: Vec<Location>,
}

impl OwnPlaces {
    /// Those that are in use.
    pub fn new(mut clinics: Vec<Clinic>, mut locations: Vec<Location>) -> Self {
        clinics.retain(|clinic| !clinic.inactive);
        locations.retain(|location| !location.inactive);
        Self { clinics, locations }
    }

    /// The record that an Organization or Location is about: the one that shares an identifier, else the only one of
    /// that name. `None` for other resources, for strangers, and where it could be more than one.
    pub fn same_as(&self, resource: &Value) -> Option<DocumentId> {
        let records: Vec<Own<'_>> = match resource.get("resourceType").and_then(Value::as_str)? {
            "Organization" => self.clinics.iter().map(Own::clinic).collect(),
            "Location" => self.locations.iter().map(Own::location).collect(),
            _ => return None,
        };
        let identifiers = identifiers(resource);
        let shares = |own: &&Own<'_>| identifiers.iter().any(|(system, value)| own.is_called(system, value));
        only(records.iter().filter(shares)).or_else(|| {
            let name = normalise_name(resource.get("name").and_then(Value::as_str)?);
            only(records.iter().filter(|own| !name.is_empty() && own.names.contains(&name)))
        })
    }
}

/// One of the clinic's own, as matching sees it.
struct Own<'a> {
    id: DocumentId,
    names: Vec<String>,
    external_ids: &'a Entries<ExternalId>,
    /// Official numbers (CNPJ, NPI), normalised.
    documents: Vec<String>,
}

impl<'a> Own<'a> {
    fn clinic(clinic: &'a Clinic) -> Self {
        let names = [Some(&clinic.name), clinic.legal_name.as_ref()];
        Self {
            id: clinic.id.cast(),
            names: names.into_iter().flatten().map(|name| normalise_name(name)).collect(),
            external_ids: &clinic.external_ids,
            documents: clinic.documents.values().map(|one| normalise_document(&one.value)).collect(),
        }
    }

    fn location(location: &'a Location) -> Self {
        Self {
            id: location.id.cast(),
            names: vec![normalise_name(&location.name)],
            external_ids: &location.external_ids,
            documents: Vec::new(),
        }
    }

    fn is_called(&self, system: &str, value: &str) -> bool {
        let plain = normalise_document(value);
        self.external_ids.values().any(|id| id.system == system && id.value == value)
            || (!plain.is_empty() && self.documents.contains(&plain))
    }
}

fn identifiers(resource: &Value) -> Vec<(&str, &str)> {
    let items = resource.get("identifier").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Some((text(item, "system").unwrap_or_default(), text(item, "value")?)))
        .collect()
}

fn text<'a>(item: &'a Value, key: &str) -> Option<&'a str> {
    item.get(key).and_then(Value::as_str)
}

fn only<'a>(mut found: impl Iterator<Item = &'a Own<'a>>) -> Option<DocumentId> {
    let first = found.next()?;
    found.next().is_none().then_some(first.id)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::id::{ClinicId, EntryKey, LocationId};
    use crate::parts::OfficialDocument;
    use serde_json::json;

    const KEY: EntryKey = EntryKey::from_bytes([9; 16]);

    fn places() -> OwnPlaces {
        let mut clinic = Clinic::new(ClinicId::from_bytes([1; 16]), "Clínica Boa Vista", "BR");
        let cnpj =
            OfficialDocument { kind: "cnpj".into(), value: "11222333000181".into(), ..Default::default() };
        clinic.documents.insert(KEY, cnpj);
        let location =
            |byte: u8, name: &str| Location::new(LocationId::from_bytes([byte; 16]), clinic.id, name);
        let (mut centro, norte, other) = (location(2, "Centro"), location(3, "Norte"), location(4, "Norte"));
        centro.external_ids.insert(KEY, ExternalId { system: "urn:cnes".into(), value: "2077485".into() });
        OwnPlaces::new(vec![clinic.clone()], vec![centro, norte, other])
    }

    #[test]
    fn an_identifier_or_the_only_one_of_a_name_makes_it_the_clinics_own() {
        let places = places();
        let same = |value: Value| places.same_as(&value).map(|id| id.to_bytes()[0]);
        let cnpj = json!([{"system": "urn:oid:2.16.840.1.113883.13.237", "value": "11.222.333/0001-81"}]);
        assert_eq!(
            same(json!({"resourceType": "Organization", "identifier": cnpj, "name": "Other"})),
            Some(1)
        );
        assert_eq!(same(json!({"resourceType": "Organization", "name": "CLINICA  boa vista"})), Some(1));
        let cnes = json!([{"system": "urn:cnes", "value": "2077485"}]);
        assert_eq!(same(json!({"resourceType": "Location", "identifier": cnes, "name": "Norte"})), Some(2));
        assert_eq!(same(json!({"resourceType": "Location", "name": "Centro"})), Some(2));
    }

    #[test]
    fn strangers_doubles_and_other_resources_are_nobody() {
        let places = places();
        let nobody = [
            json!({"resourceType": "Location", "name": "Norte"}),
            json!({"resourceType": "Location", "name": "Clínica Boa Vista"}),
            json!({"resourceType": "Location", "identifier": [{"system": "urn:other", "value": "2077485"}]}),
            json!({"resourceType": "Organization", "name": " ", "identifier": [{"value": ""}]}),
            json!({"resourceType": "Patient", "name": "Centro"}),
            json!({"resourceType": "Organization", "name": ["Clínica Boa Vista"], "identifier": "x"}),
        ];
        for resource in nobody {
            assert_eq!(places.same_as(&resource), None, "{resource}");
        }
        assert_eq!(
            OwnPlaces::default().same_as(&json!({"resourceType": "Location", "name": "Centro"})),
            None
        );
    }
}
