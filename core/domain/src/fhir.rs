//! FHIR R4 resources and Posto's records: a pure mapping, both ways, that loses nothing.
//!
//! What a record has no field for stays with it verbatim, and an export is that text overlaid by
//! what the record says by now. Identities are derived from the source's, so that two nodes that
//! import the same bundle make one record of it.

mod confidentiality;
mod fact;
mod identity;
mod json;
mod overlay;
mod patient;
mod person;
mod place;
mod practitioner;
mod problem;
mod resource;
mod summary;
mod temporal;
mod versions;

pub use fact::{fact, fact_year};
pub use identity::{ResourceKey, Sources, patient_of};
pub use json::minified;
pub use patient::{PATIENT_KEY, patient_from, patient_to};
pub use place::OwnPlaces;
pub use practitioner::{PRACTITIONER_KEY, practitioner_from, practitioner_to};
pub use problem::{Problem, ProblemCode};
pub use resource::{FULL_URL_KEY, Resource};
pub use summary::{Summary, apply_summary, overlaid_fact, own_summaries};
pub use versions::{News, REPLACED_KEY, Versions};
