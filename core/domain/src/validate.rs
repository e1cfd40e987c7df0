//! Validation: named errors per field, nothing changed.
//!
//! At the desk a person can correct what is wrong, so it is refused. An import keeps what a source says,
//! so the same findings are warnings there; only what would harm the system is refused in both.

use chrono::NaiveDate;

use crate::jurisdiction::{Jurisdictions, Pack};
use crate::parts::Entries;
use crate::violation::{Findings, Severity, Violation};

mod care;
mod directory;
mod files;
pub mod limits;
mod parts;
mod patient;
mod people;

/// Who is waiting for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// A person who can correct it.
    Desk,
    /// An import that must lose nothing.
    Import,
}

/// What validation needs to know besides the record.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Today at the clinic.
    pub today: NaiveDate,
    /// The clinic's country.
    pub pack: &'a Pack,
    /// All countries, for documents of other ones.
    pub jurisdictions: &'a Jurisdictions,
    pub strictness: Strictness,
}

/// A record that can be checked.
pub trait Validate {
    /// Everything wrong with it; empty when it is right.
    fn validate(&self, rules: &Rules<'_>) -> Vec<Violation> {
        let mut findings = Findings::default();
        self.check(&mut Check { rules, findings: &mut findings });
        findings.into_violations()
    }

    /// Walks the record and notes what is wrong.
    #[doc(hidden)]
    fn check(&self, check: &mut Check<'_, '_>);
}

/// The walk over one record: the rules, and where findings go.
#[derive(Debug)]
pub struct Check<'r, 'f> {
    pub(crate) rules: &'r Rules<'r>,
    pub(crate) findings: &'f mut Findings,
}

impl Check<'_, '_> {
    /// Walks on one level deeper.
    pub(crate) fn within(&mut self, key: impl ToString, walk: impl FnOnce(&mut Check<'_, '_>)) {
        let rules = self.rules;
        self.findings.within(key, |findings| walk(&mut Check { rules, findings }));
    }

    /// Harms the system whoever sends it: refused in both strictnesses.
    pub(crate) fn refuse(&mut self, field: &str, code: &str, params: &[(&str, String)]) {
        self.findings.error(field, code, params);
    }

    /// Wrong: refused at the desk, noted on import.
    pub(crate) fn wrong(&mut self, field: &str, code: &str, params: &[(&str, String)]) {
        let severity = match self.rules.strictness {
            Strictness::Desk => Severity::Error,
            Strictness::Import => Severity::Warning,
        };
        self.findings.add(field, code, params, severity);
    }

    /// Looks wrong, and may be right.
    pub(crate) fn doubt(&mut self, field: &str, code: &str) {
        self.findings.warn(field, code, &[]);
    }

    /// Checks each entry of a collection, and that there are not too many.
    pub(crate) fn entries<T>(
        &mut self,
        field: &str,
        entries: &Entries<T>,
        mut each: impl FnMut(&T, &mut Check<'_, '_>),
    ) {
        if entries.len() > limits::ENTRIES_MAX {
            self.refuse(field, "too_many", &[("max", limits::ENTRIES_MAX.to_string())]);
        }
        self.within(field, |check| {
            for (key, entry) in entries {
                check.within(key, |check| each(entry, check));
            }
        });
    }

    /// A text that must be there.
    pub(crate) fn required(&mut self, field: &str, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.wrong(field, "required", &[]);
        }
        self.text(field, text, max);
    }

    /// A text of one line that may be missing.
    pub(crate) fn optional(&mut self, field: &str, text: &Option<String>, max: usize) {
        if let Some(text) = text {
            self.text(field, text, max);
        }
    }

    /// A text of one line.
    pub(crate) fn text(&mut self, field: &str, text: &str, max: usize) {
        self.length(field, text, max);
        if text.chars().any(char::is_control) {
            self.wrong(field, "control_characters", &[]);
        }
    }

    /// A text of several lines.
    pub(crate) fn long_text(&mut self, field: &str, text: &str, max: usize) {
        self.length(field, text, max);
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
            self.wrong(field, "control_characters", &[]);
        }
    }

    fn length(&mut self, field: &str, text: &str, max: usize) {
        // Characters are counted only where bytes leave it open.
        if text.len() > max && text.chars().count() > max {
            self.refuse(field, "too_long", &[("max", max.to_string())]);
        }
    }
}

#[cfg(test)]
mod tests;
