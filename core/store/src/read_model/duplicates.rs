//! Who could be the same person: the keys of `posto_domain::duplicates`, asked of the search index,
//! which holds all of them already.

use posto_domain::duplicates::lookup_keys;
use posto_domain::id::PatientId;
use posto_domain::normalise::digits;
use posto_domain::{Kind, Patient};
use rusqlite::params;

use super::patient::{Mark, marked, quoted, squash};
use crate::error::Result;
use crate::transaction::ReadTx;

impl ReadTx<'_> {
    /// Patients who share a document, an external id, a telephone number, an address, a birth date or a
    /// name with this one: what `posto_domain::duplicates::score` then weighs. At most `limit`, the
    /// strongest keys first, never the patient itself.
    ///
    /// # Errors
    /// Of the database.
    pub fn duplicate_candidates(&self, patient: &Patient, limit: usize) -> Result<Vec<PatientId>> {
        let mut keys: Vec<String> = lookup_keys(patient).into_iter().collect();
        keys.sort_by_key(|key| "dxpebn".find(key.get(..1).unwrap_or_default()).unwrap_or(usize::MAX));
        let mut found = Vec::new();
        for key in &keys {
            let Some((sort, value)) = key.split_once(':') else { continue };
            let ids = match (sort, value.split_once('|')) {
                ("x", Some((system, value))) => {
                    let ids = self.by_external_id(Kind::Patient, system, value)?;
                    ids.into_iter().map(|id| id.cast()).collect()
                }
                _ => match expression(sort, value) {
                    Some(expression) => self.matching_ids(&expression, limit + 1)?,
                    None => continue,
                },
            };
            for id in ids {
                if id != patient.id && !found.contains(&id) && found.len() < limit {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    fn matching_ids(&self, expression: &str, limit: usize) -> Result<Vec<PatientId>> {
        let mut statement = self.statement(
            "SELECT d.uid FROM patient_words w JOIN document d ON d.id = w.rowid
             WHERE patient_words MATCH ?1 ORDER BY w.rowid DESC LIMIT ?2",
        )?;
        let rows = statement
            .query_map(params![expression, limit as i64], |row| row.get(0).map(PatientId::from_bytes))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A key in the words of the index.
fn expression(sort: &str, value: &str) -> Option<String> {
    match sort {
        "d" if value.bytes().all(|byte| byte.is_ascii_digit()) => Some(marked(Mark::Number, value)),
        "d" => Some(marked(Mark::Document, &squash(value))),
        "p" => {
            let backwards: String = value.chars().rev().collect();
            Some(format!("{} *", marked(Mark::NumberBackwards, &backwards)))
        }
        "e" => Some(marked(Mark::Email, &squash(value))),
        "b" => Some(marked(Mark::BirthDate, &digits(value))),
        "n" => {
            let (first, last) = value.split_once(' ')?;
            Some(format!("{} AND {}", quoted(first), quoted(last)))
        }
        _ => None,
    }
}
