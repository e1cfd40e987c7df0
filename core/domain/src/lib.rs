//! What a clinic records and the rules of its work.
//!
//! Pure: no clock, disk, network or randomness. Whoever calls passes the time and the random bytes in.
//! A record's serde form is also its Automerge document, so a field name here is a format (see
//! [`kind`] for which containers and texts a kind has).

pub mod attachment;
pub mod caregiver_link;
pub mod chart;
pub mod clinic;
pub mod conflict;
pub mod conflict_task;
pub mod consent;
pub mod date;
pub mod device;
pub mod duplicates;
mod embedded;
pub mod fhir;
pub mod fuzzy;
pub mod hlc;
pub mod id;
pub mod identity;
pub mod jurisdiction;
pub mod kind;
pub mod location;
pub mod lockout;
pub mod merge;
pub mod merge_record;
pub mod normalise;
mod open_enum;
pub mod parts;
pub mod password;
pub mod patient;
pub mod phone;
pub mod policy;
pub mod practitioner;
pub mod record;
pub mod record_number;
pub mod role_grant;
pub mod room;
pub mod scope;
pub mod setting;
pub mod settings;
pub mod tidy;
pub mod user;
pub mod validate;
#[cfg(test)]
mod vectors;
pub mod violation;

pub use date::{PartialDate, TimestampMs};
pub use id::{
    AttachmentId, ClinicId, DocumentId, EntryKey, IdGenerator, LocationId, NodeId, PatientId, PractitionerId,
    UserId,
};
pub use kind::{Kind, KindSpec};
pub use parts::{Entries, is_false, is_zero};
pub use patient::Patient;
pub use record::Record;
pub use scope::{Scope, ScopeKind};
