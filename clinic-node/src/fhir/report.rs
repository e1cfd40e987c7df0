//! What an import did, entry by entry where something was left out.

use std::collections::BTreeMap;

use posto_domain::DocumentId;
use posto_domain::fhir::{Problem, ProblemCode};
use serde::Serialize;

use super::prepare::Fact;

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
    /// Organizations and Locations that are the clinic's own, and were linked to its record.
    pub places_linked: u64,
    /// Those that are not, and were kept as they came: the directory is the server's, an import makes no places.
    pub places_kept: u64,
    /// The same, entry by entry; the first thousand of them.
    pub places: Vec<PlaceOutcome>,
}

/// So many organizations and locations are listed one by one; the counts are whole.
pub(crate) const PLACES_LISTED_MAX: usize = 1_000;

/// What became of an Organization or Location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceOutcome {
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    pub resource_type: String,
    /// The clinic's or location's id; absent for what was kept as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<DocumentId>,
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
        if self.places_linked + self.places_kept > 0 {
            words.push_str(&format!(
                "organizations and locations: {} are this clinic's own and were linked, {} were kept as they came\n",
                self.places_linked, self.places_kept
            ));
        }
        for place in self.places.iter().filter(|place| place.same_as.is_some()) {
            let entry = place.entry.map(|entry| format!(" entry {entry}")).unwrap_or_default();
            let own = place.same_as.map(|id| id.to_string()).unwrap_or_default();
            words.push_str(&format!("linked: {}{entry}: {} is {own}\n", place.file, place.resource_type));
        }
        for left in &self.left {
            let entry = left.entry.map(|entry| format!(" entry {entry}")).unwrap_or_default();
            let at = if left.element.is_empty() { String::new() } else { format!(" at {}", left.element) };
            words.push_str(&format!("left out: {}{entry}: {}{at}\n", left.file, left.code.as_str()));
        }
        words
    }

    /// Notes what becomes of a place; nothing for other resources.
    pub(super) fn note_place(&mut self, place: &Place, fact: &Fact) {
        if !matches!(fact.resource_type.as_str(), "Organization" | "Location") {
            return;
        }
        let same_as = fact.entry.same_as;
        *(if same_as.is_some() { &mut self.places_linked } else { &mut self.places_kept }) += 1;
        if self.places.len() < PLACES_LISTED_MAX {
            self.places.push(PlaceOutcome {
                file: place.file.to_string(),
                entry: place.entry,
                resource_type: fact.resource_type.clone(),
                same_as,
            });
        }
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
