//! What an import did, entry by entry where something was left out.

use std::collections::BTreeMap;

use posto_domain::fhir::{Problem, ProblemCode};
use serde::Serialize;

/// The report of an import.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub files: u64,
    /// Entries read, taken in or not.
    pub entries: u64,
    /// Resources that made new records or entries.
    pub created: u64,
    /// Resources whose records or entries changed.
    pub updated: u64,
    /// Resources that were here already, unchanged.
    pub unchanged: u64,
    /// Entries that were left out; each is listed in `left`.
    pub left_out: u64,
    /// Resources taken in, by type.
    pub resources: BTreeMap<String, u64>,
    pub documents_written: u64,
    pub left: Vec<Left>,
}

/// An entry that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The file, and the member of the archive, it was in.
    pub file: String,
    /// Its place in the bundle or its line, from 0; absent when the whole file is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    pub code: ProblemCode,
    /// The element that is wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub element: String,
}

/// Where an entry stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) file: std::sync::Arc<str>,
    pub(super) entry: Option<u64>,
}

impl Report {
    /// Whether every entry is in.
    pub fn is_complete(&self) -> bool {
        self.left_out == 0
    }

    /// The report for people.
    pub fn words(&self) -> String {
        let mut words = format!(
            "{} files, {} entries: {} new, {} changed, {} as they were, {} left out\n",
            self.files, self.entries, self.created, self.updated, self.unchanged, self.left_out
        );
        for left in &self.left {
            let entry = left.entry.map(|entry| format!(" entry {entry}")).unwrap_or_default();
            let at = if left.element.is_empty() { String::new() } else { format!(" at {}", left.element) };
            words.push_str(&format!("left out: {}{entry}: {}{at}\n", left.file, left.code.as_str()));
        }
        words
    }

    pub(super) fn leave(&mut self, place: &Place, problem: &Problem) {
        self.left_out += 1;
        self.left.push(Left {
            file: place.file.to_string(),
            entry: place.entry,
            code: problem.code,
            element: problem.element.to_string(),
        });
    }
}
