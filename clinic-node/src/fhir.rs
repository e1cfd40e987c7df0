//! FHIR R4 in and out: files and archives on one side, the store on the other, the mapping of
//! `posto_domain::fhir` between.

mod bundle;
pub mod export;
mod group;
pub mod import;
mod prepare;
mod progress;
mod report;
mod source;
mod target;
mod write;

pub use progress::{Progress, Step};
pub use report::{Left, PlaceOutcome, Report};
pub use target::Target;
