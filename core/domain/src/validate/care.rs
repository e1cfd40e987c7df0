//! Checks of what everyone who treats a patient must know, and of charts.

use super::limits::{CHART_ENTRIES_MAX, FOREIGN_BYTES_MAX, LINE_MAX, NOTE_MAX, SHORT_MAX, URI_MAX};
use super::{Check, Validate};
use crate::chart::{Chart, ChartEntry};
use crate::patient::{Alert, Allergy, Condition, Medication, Patient};

impl Patient {
    pub(super) fn check_care(&self, check: &mut Check<'_, '_>) {
        check.entries("allergies", &self.allergies, allergy);
        check.entries("conditions", &self.conditions, condition);
        check.entries("medications", &self.medications, medication);
        check.entries("alerts", &self.alerts, alert);
        // Somebody may die of this contradiction, so even an import hears of it.
        if self.no_known_allergies && self.allergies.values().any(Allergy::counts) {
            check.wrong("no_known_allergies", "contradicts_allergies", &[]);
        }
    }
}

fn allergy(allergy: &Allergy, check: &mut Check<'_, '_>) {
    check.required("substance", &allergy.substance, LINE_MAX);
    check.optional("code", &allergy.code, SHORT_MAX);
    check.optional("system", &allergy.system, URI_MAX);
    check.optional("reactions", &allergy.reactions, LINE_MAX);
    check.optional("source", &allergy.source, LINE_MAX);
    check.past_date("since", &allergy.since);
}

fn condition(condition: &Condition, check: &mut Check<'_, '_>) {
    check.required("text", &condition.text, LINE_MAX);
    check.optional("code", &condition.code, SHORT_MAX);
    check.optional("system", &condition.system, URI_MAX);
    check.optional("source", &condition.source, LINE_MAX);
    check.past_date("since", &condition.since);
    check.date("until", &condition.until);
    check.in_order("until", &condition.since, &condition.until);
}

fn medication(medication: &Medication, check: &mut Check<'_, '_>) {
    check.required("name", &medication.name, LINE_MAX);
    check.optional("code", &medication.code, SHORT_MAX);
    check.optional("system", &medication.system, URI_MAX);
    let lines = [
        ("dose", &medication.dose),
        ("route", &medication.route),
        ("frequency", &medication.frequency),
        ("prescriber", &medication.prescriber),
        ("source", &medication.source),
    ];
    for (field, line) in lines {
        check.optional(field, line, LINE_MAX);
    }
    check.date("since", &medication.since);
    check.date("until", &medication.until);
    check.in_order("until", &medication.since, &medication.until);
}

fn alert(alert: &Alert, check: &mut Check<'_, '_>) {
    check.required("text", &alert.text, LINE_MAX);
    check.date("until", &alert.until);
}

impl Validate for Chart {
    fn check(&self, check: &mut Check<'_, '_>) {
        if !(0..=9999).contains(&self.year) {
            check.refuse("year", "out_of_range", &[("min", "0".into()), ("max", "9999".into())]);
        }
        if self.part < 0 {
            check.refuse("part", "out_of_range", &[("min", "0".into())]);
        }
        if self.entries.len() > CHART_ENTRIES_MAX {
            check.refuse("entries", "too_many", &[("max", CHART_ENTRIES_MAX.to_string())]);
        }
        check.within("entries", |check| {
            for (key, entry) in &self.entries {
                check.within(key, |check| chart_entry(entry, check));
            }
        });
    }
}

fn chart_entry(entry: &ChartEntry, check: &mut Check<'_, '_>) {
    if entry.kind.is_none() {
        check.wrong("kind", "required", &[]);
    }
    let lines = [("text", &entry.text), ("value_text", &entry.value_text), ("source", &entry.source)];
    for (field, line) in lines {
        if let Some(line) = line {
            check.long_text(field, line, NOTE_MAX);
        }
    }
    let codes = [
        ("at", &entry.at),
        ("until", &entry.until),
        ("status", &entry.status),
        ("code", &entry.code),
        ("value", &entry.value),
        ("unit", &entry.unit),
    ];
    for (field, code) in codes {
        check.optional(field, code, LINE_MAX);
    }
    check.optional("system", &entry.system, URI_MAX);
    if entry.at.as_deref().is_some_and(|at| crate::date::moment_day(at).is_none()) {
        check.wrong("at", "invalid_date", &[]);
    }
    if let Some(note) = &entry.note {
        check.long_text("note", note, NOTE_MAX);
    }
    if let Some(foreign) = &entry.foreign {
        if foreign.len() > FOREIGN_BYTES_MAX {
            check.refuse("foreign", "too_large", &[("max", FOREIGN_BYTES_MAX.to_string())]);
        }
        check.json("foreign", foreign);
    }
}
