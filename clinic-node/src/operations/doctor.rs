//! Whether everything that can be checked without the server is well.

use posto_store::Finding;
use serde::{Deserialize, Serialize};

use crate::app::{App, AppResult};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Whether the file itself is sound; findings may be left that people decide.
    pub(crate) sound: bool,
    pub(crate) documents: u64,
    pub(crate) changes: u64,
    pub(crate) audit_rows: u64,
    pub(crate) bytes: u64,
    pub(crate) findings: Vec<Found>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Report {
    pub(super) fn of(app: &App) -> AppResult<Self> {
        let found = app.store.doctor()?;
        Ok(Self {
            sound: found.is_sound(),
            documents: found.documents,
            changes: found.changes,
            audit_rows: found.audit_rows,
            bytes: found.bytes,
            findings: found.findings.iter().map(describe).collect(),
        })
    }
}

fn describe(finding: &Finding) -> Found {
    let (code, message) = match finding {
        Finding::DamagedPage { detail } => ("damaged_page", format!("a page is damaged: {detail}")),
        Finding::Structure { detail } => {
            ("damaged_structure", format!("the file's structure is damaged: {detail}"))
        }
        Finding::ScopeState { scope } => ("scope_state", format!("the counts of {scope} are wrong")),
        Finding::Quarantined { count } => {
            ("quarantined", format!("{count} records could not be read and were set aside"))
        }
        Finding::Refused { count } => ("refused", format!("{count} changes were refused by the server")),
        Finding::Unprojected { count } => {
            ("unprojected", format!("{count} records are not in lists and search yet"))
        }
        Finding::Audit { fault } => ("audit", format!("the audit trail is broken: {fault:?}")),
        Finding::MissingBlobs { count } => {
            ("missing_blobs", format!("the contents of {count} attachments are missing"))
        }
    };
    Found { code: code.to_owned(), message }
}
