//! What a backup holds, or what was restored from one.

use std::path::PathBuf;

use posto_store::BackupInfo;
use serde::{Deserialize, Serialize};

use crate::app::time::instant;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    file: PathBuf,
    created_at: chrono::DateTime<chrono::Utc>,
    documents: u64,
    changes: u64,
    attachments: u64,
}

impl Report {
    pub(crate) fn new(file: PathBuf, info: &BackupInfo) -> Self {
        Self {
            file,
            created_at: instant(info.created_ms),
            documents: info.documents,
            changes: info.changes,
            attachments: info.attachments,
        }
    }

    pub(crate) fn words(&self, what: &str) -> String {
        format!(
            "{what} {}: {} records, {} changes, {} attachments, as of {}",
            self.file.display(),
            self.documents,
            self.changes,
            self.attachments,
            self.created_at
        )
    }
}
