//! What an operator asks of a node at the command line, whether the node runs or not.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod doctor;
pub(crate) mod status;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::{App, AppError, AppResult};

/// Something that is safe to do beside a clinic at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    Status,
    Doctor,
    /// `out` is absolute: the running node has a working folder of its own.
    Backup {
        out: PathBuf,
    },
    VerifyAudit,
}

impl Operation {
    /// Does it and answers the report. Blocks.
    pub(crate) fn carry_out(&self, app: &App) -> AppResult<Value> {
        let report = match self {
            Self::Status => serde_json::to_value(status::Report::of(app)?),
            Self::Doctor => serde_json::to_value(doctor::Report::of(app)?),
            Self::Backup { out } => serde_json::to_value(backup::Report::new(out.clone(), &app.backup(out)?)),
            Self::VerifyAudit => serde_json::to_value(audit::Report::of(app)?),
        };
        report.map_err(|_| AppError::InvalidRequest)
    }
}
