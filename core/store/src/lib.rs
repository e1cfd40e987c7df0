//! The node's encrypted SQLite file: changes, read models, audit, sessions, attachments. All SQL of
//! the node is here.
//!
//! Changes are the truth; everything that can be computed from them is disposable. One thread
//! writes and groups what waits into one durable transaction; readers run beside it; a projector
//! keeps read models level with what the other side sent.

mod audit;
mod backup;
mod blob;
mod change;
mod checkpoint;
mod clock;
mod connection;
mod core;
mod doctor;
mod document;
mod error;
mod event;
mod key;
mod local;
mod lock;
mod merging;
mod meta;
mod numbers;
mod opened;
mod options;
mod projector;
mod read_model;
mod reader;
mod replica;
mod reply;
mod schema;
mod session;
mod shared;
mod store;
mod transaction;
mod writer;

pub use audit::{AuditEntry, AuditFault, AuditReport, AuditRow, Hlc};
pub use backup::{BackupInfo, restore, verify_backup};
pub use blob::{BlobContent, ORPHAN_KEPT_MS, UNFINISHED_KEPT_MS, UploadState, WholeUpload};
pub use clock::{Clock, Entropy, SystemEntropy};
pub use doctor::{DoctorReport, Finding};
pub use document::{DocumentGuard, DocumentInfo, DocumentState, OpenDocument, Quarantined};
pub use error::{Error, Result};
pub use event::StoreEvent;
pub use key::StoreKey;
pub use local::LocalCommit;
pub use options::{Durability, StoreOptions};
pub use read_model::{
    CompetingValue, FieldConflict, FoundPatients, PatientQuery, PatientRow, Projection, TimelineEntry,
    TimelinePosition,
};
pub use replica::{KindBases, RefusedLocally};
pub use reply::Pending;
pub use session::{Credential, Draft, SessionRow};
pub use store::{DATABASE_FILE, Store};
pub use transaction::{ReadTx, WriteTx};
