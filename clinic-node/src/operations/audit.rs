//! Whether the audit trail is whole.

use posto_store::AuditFault;
use serde::{Deserialize, Serialize};

use crate::app::{App, AppResult};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) whole: bool,
    pub(crate) rows: u64,
    pub(crate) signatures: u64,
    /// Hash of the newest row, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) head: Option<String>,
    pub(crate) faults: Vec<String>,
}

impl Report {
    pub(super) fn of(app: &App) -> AppResult<Self> {
        let verified = app.verify_audit()?;
        Ok(Self {
            whole: verified.faults.is_empty(),
            rows: verified.rows,
            signatures: verified.signatures,
            head: verified.head.map(|(_, hash)| hex::encode(hash)),
            faults: verified.faults.iter().map(describe).collect(),
        })
    }
}

fn describe(fault: &AuditFault) -> String {
    match fault {
        AuditFault::Gap { after, before } => format!("rows between {after} and {before} are missing"),
        AuditFault::Edited { seq } => format!("row {seq} is not what was written"),
        AuditFault::BadSignature { seq } => format!("the signature over row {seq} is not this node's"),
        AuditFault::Truncated { signed } => format!("row {signed} was signed and is gone"),
    }
}
