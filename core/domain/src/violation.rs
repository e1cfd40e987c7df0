//! What is wrong with a record, field by field, in a form that screens translate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whether something wrong stops the record from being saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Shown, and saved all the same.
    Warning,
    /// Not saved.
    Error,
}

/// One thing that is wrong. Holds no value of the record: it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// `.`-separated path of the field (`phones.<key>.number`), empty for the record as a whole.
    pub path: String,
    /// Stable code (`required`, `invalid_date`).
    pub code: String,
    /// What the code's text needs to know (`max`: `200`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    pub severity: Severity,
}

/// Collects violations while a record is walked.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    path: Vec<String>,
    found: Vec<Violation>,
}

impl Findings {
    /// Everything found, in the order of the walk.
    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.found
    }

    /// Walks on one level deeper.
    pub(crate) fn within(&mut self, key: impl ToString, walk: impl FnOnce(&mut Self)) {
        self.path.push(key.to_string());
        walk(self);
        self.path.pop();
    }

    /// `field` of where the walk is now must be changed.
    pub(crate) fn error(&mut self, field: &str, code: &str, params: &[(&str, String)]) {
        self.add(field, code, params, Severity::Error);
    }

    /// `field` of where the walk is now looks wrong.
    pub(crate) fn warn(&mut self, field: &str, code: &str, params: &[(&str, String)]) {
        self.add(field, code, params, Severity::Warning);
    }

    pub(crate) fn add(&mut self, field: &str, code: &str, params: &[(&str, String)], severity: Severity) {
        let mut path = self.path.join(".");
        if !field.is_empty() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(field);
        }
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.found.push(Violation { path, code: code.to_owned(), params, severity });
    }
}

/// Whether any of them stops the record from being saved.
pub fn any_error(violations: &[Violation]) -> bool {
    violations.iter().any(|violation| violation.severity == Severity::Error)
}
