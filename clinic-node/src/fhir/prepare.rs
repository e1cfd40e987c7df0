//! From text to what will be written: checked, mapped, and sorted by whose it is. Pure, so that all
//! cores do it at once.

use posto_domain::chart::ChartEntry;
use posto_domain::fhir::{
    OwnPlaces, Problem, ProblemCode, Resource, ResourceKey, Sources, Summary, fact, patient_of,
};
use posto_domain::{EntryKey, Scope};

use super::bundle::{Entry, Head};
use super::report::Place;

/// A resource on its way into the store.
#[derive(Debug)]
pub(super) enum Prepared {
    Patient(Resource),
    Practitioner(Resource),
    /// A fact of a patient, or of nobody.
    Fact(Box<Fact>),
}

#[derive(Debug)]
pub(super) struct Fact {
    pub(super) resource_type: String,
    pub(super) owner: Option<ResourceKey>,
    pub(super) key: EntryKey,
    pub(super) entry: ChartEntry,
    pub(super) summary: Option<Summary>,
}

/// Room that a document needs around a resource's text.
const OVERHEAD_BYTES: usize = 16 * 1024;

/// Checks a resource that stands alone or in a bundle.
pub(super) fn resource(json: &str, full_url: Option<&str>) -> Result<Resource, Problem> {
    if json.len() + OVERHEAD_BYTES > posto_documents::limits::CHANGE_BYTES_MAX as usize {
        return Err(ProblemCode::TooLarge.at(""));
    }
    Resource::parse(json, full_url)
}

/// Checks an entry of a bundle.
pub(super) fn entry(json: &str) -> Result<Resource, Problem> {
    let entry: Entry<'_> = serde_json::from_str(json).map_err(|_| ProblemCode::WrongType.at("entry"))?;
    let raw = entry.resource.ok_or_else(|| ProblemCode::NoResource.at(""))?;
    resource(raw.get(), entry.full_url.as_deref())
}

/// Notes under which URL an entry stands, for the references of the others.
pub(super) fn note(json: &str, sources: &mut Sources) {
    let Ok(entry) = serde_json::from_str::<Entry<'_>>(json) else { return };
    let (Some(url), Some(raw)) = (entry.full_url, entry.resource) else { return };
    let Ok(head) = serde_json::from_str::<Head>(raw.get()) else { return };
    let Some(resource_type) = head.resource_type else { return };
    let name = head.id.unwrap_or_else(|| url.clone());
    sources.note(&url, ResourceKey::new(resource_type, name));
}

/// Maps a checked resource.
pub(super) fn mapped(resource: Resource, sources: &Sources, places: &OwnPlaces, scope: Scope) -> Prepared {
    match resource.key.resource_type.as_str() {
        "Patient" => Prepared::Patient(resource),
        "Practitioner" => Prepared::Practitioner(resource),
        _ => Prepared::Fact(Box::new(Fact {
            owner: patient_of(&resource.value, sources),
            key: resource.key.entry("", 0),
            entry: ChartEntry { same_as: places.same_as(&resource.value), ..fact(&resource, sources, scope) },
            summary: Summary::of(&resource),
            resource_type: resource.key.resource_type,
        })),
    }
}

/// A prepared resource with its place, for the report.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) place: Place,
    pub(super) prepared: Result<Prepared, Problem>,
}
