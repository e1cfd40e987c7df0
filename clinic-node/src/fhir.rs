//! FHIR R4 in and out.

pub mod export;
pub mod import;
