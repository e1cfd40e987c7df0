//! Joining two patient records and taking it back: pure planning over leaves.
//!
//! The survivor keeps what it has; what it lacks comes from the other record, entry by entry. Each value
//! taken is written down, so that undoing gives back exactly what nobody changed since.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::date::TimestampMs;
use crate::id::{DocumentId, EntryKey, PatientId, UserId};
use crate::merge_record::{MergeMove, MergeRecord, MergeStatus};
use crate::normalise::{normalise_document, normalise_email, normalise_name};
use crate::parts::{Entries, ExternalId};
use crate::patient::{NameUse, OtherName, Patient};

/// The external id under which a retired record's number goes on being found.
pub const RECORD_NUMBER_SYSTEM: &str = "urn:posto:record-number";

/// Why two records cannot be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefusal {
    #[error("a record cannot be joined with itself")]
    SameRecord,
    #[error("the record was already joined with another")]
    AlreadyMerged,
    #[error("this merge was already undone")]
    AlreadyUndone,
    #[error("these records do not belong to this merge")]
    OtherRecords,
    #[error("a record does not have the form of a patient")]
    Malformed,
}

/// Who decides, when, and why.
#[derive(Debug, Clone)]
pub struct MergeOrder {
    /// The new merge record's id.
    pub id: DocumentId,
    pub by: UserId,
    pub at_ms: TimestampMs,
    pub reason: Option<String>,
}

/// What a merge will write.
#[derive(Debug, Clone, PartialEq)]
pub struct MergePlan {
    pub survivor: Patient,
    pub retired: Patient,
    pub record: MergeRecord,
}

/// Plans the merge of `retired` into `survivor`. `new_key` draws entry keys.
pub fn plan(
    survivor: &Patient,
    retired: &Patient,
    order: MergeOrder,
    mut new_key: impl FnMut() -> EntryKey,
) -> Result<MergePlan, MergeRefusal> {
    if survivor.id == retired.id {
        return Err(MergeRefusal::SameRecord);
    }
    if survivor.merged_into.is_some() || retired.merged_into.is_some() {
        return Err(MergeRefusal::AlreadyMerged);
    }
    let joined = join(survivor, retired, &mut new_key)?;
    let moves =
        moves(&to_map(survivor)?, &to_map(&joined)?).into_iter().map(|step| (new_key(), step)).collect();
    let record = MergeRecord {
        id: order.id,
        survivor: survivor.id,
        retired: retired.id,
        status: MergeStatus::Merged,
        reason: order.reason,
        merged_by: order.by,
        merged_at_ms: order.at_ms,
        undone_by: None,
        undone_at_ms: None,
        moves,
    };
    let retired = Patient { merged_into: Some(survivor.id), ..retired.clone() };
    Ok(MergePlan { survivor: joined, retired, record })
}

/// What an undo will write.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoPlan {
    pub survivor: Patient,
    pub retired: Patient,
    pub record: MergeRecord,
    /// Paths that were changed after the merge and therefore stay as they are.
    pub kept: Vec<String>,
}

/// Plans taking a merge back.
pub fn plan_undo(
    survivor: &Patient,
    retired: &Patient,
    record: &MergeRecord,
    by: UserId,
    at_ms: TimestampMs,
) -> Result<UndoPlan, MergeRefusal> {
    if record.status != MergeStatus::Merged {
        return Err(MergeRefusal::AlreadyUndone);
    }
    if record.survivor != survivor.id
        || record.retired != retired.id
        || retired.merged_into != Some(survivor.id)
    {
        return Err(MergeRefusal::OtherRecords);
    }
    let mut fields = to_map(survivor)?;
    let mut kept = Vec::new();
    for step in record.moves.values() {
        if !take_back(&mut fields, step)? {
            kept.push(step.path.clone());
        }
    }
    let survivor = serde_json::from_value(Value::Object(fields)).map_err(|_| MergeRefusal::Malformed)?;
    let retired = Patient { merged_into: None, ..retired.clone() };
    let record = MergeRecord {
        status: MergeStatus::Undone,
        undone_by: Some(by),
        undone_at_ms: Some(at_ms),
        ..record.clone()
    };
    Ok(UndoPlan { survivor, retired, record, kept })
}

/// The record that stands for `id` now. Two nodes may have joined the same records the other way round
/// while they were apart: the records of such a circle are stood for by the one registered first.
pub fn stands_for(id: PatientId, mut merged_into: impl FnMut(PatientId) -> Option<PatientId>) -> PatientId {
    let mut seen = vec![id];
    let mut at = id;
    while let Some(next) = merged_into(at) {
        if let Some(start) = seen.iter().position(|known| *known == next) {
            return seen[start..].iter().copied().min().unwrap_or(next);
        }
        seen.push(next);
        at = next;
    }
    at
}

/// The survivor with what it lacks.
fn join(
    survivor: &Patient,
    retired: &Patient,
    new_key: &mut impl FnMut() -> EntryKey,
) -> Result<Patient, MergeRefusal> {
    let mut fields = to_map(survivor)?;
    for (name, value) in to_map(retired)? {
        match name.as_str() {
            "id" | "record_number" | "name" | "merged_into" | "inactive" | "foreign" => {}
            // Both texts and collections: whatever is not there yet. Collections follow below.
            _ if value.is_object() => {}
            _ => {
                fields.entry(name).or_insert(value);
            }
        }
    }
    let mut joined: Patient =
        serde_json::from_value(Value::Object(fields)).map_err(|_| MergeRefusal::Malformed)?;
    join_collections(&mut joined, retired, new_key);
    join_name(&mut joined, retired, new_key);
    if let Some(number) = retired.record_number {
        let id = ExternalId { system: RECORD_NUMBER_SYSTEM.to_owned(), value: number.to_string() };
        if joined.record_number.is_none() {
            joined.record_number = Some(number);
        } else if !joined.external_ids.values().any(|held| *held == id) {
            joined.external_ids.insert(new_key(), id);
        }
    }
    for (name, text) in &retired.foreign {
        match joined.foreign.get(name) {
            None => joined.foreign.insert(name.clone(), text.clone()),
            Some(held) if held == text => None,
            Some(_) => joined.foreign.insert(format!("merged/{}/{name}", retired.id), text.clone()),
        };
    }
    // "No known allergies" of one record must not silence the allergies of the other.
    if joined.allergies.values().any(crate::patient::Allergy::counts) {
        joined.no_known_allergies = false;
    }
    Ok(joined)
}

fn join_collections(joined: &mut Patient, retired: &Patient, new_key: &mut impl FnMut() -> EntryKey) {
    let words = |text: &str| normalise_name(text);
    add(new_key, &mut joined.other_names, &retired.other_names, |name| words(&name.name()));
    add(new_key, &mut joined.documents, &retired.documents, |document| {
        format!("{} {:?} {}", document.kind, document.country, normalise_document(&document.value))
    });
    add(new_key, &mut joined.phones, &retired.phones, |phone| phone.number.clone());
    add(new_key, &mut joined.emails, &retired.emails, |email| normalise_email(&email.address));
    add(new_key, &mut joined.addresses, &retired.addresses, |address| words(&format!("{address:?}")));
    add(new_key, &mut joined.guardians, &retired.guardians, |guardian| words(&guardian.name));
    add(new_key, &mut joined.insurances, &retired.insurances, |plan| {
        format!("{} {:?}", words(&plan.payer), plan.member_id)
    });
    // Clinical facts join only when they are equal word for word: a different dose is a different fact.
    add(new_key, &mut joined.allergies, &retired.allergies, |allergy| format!("{allergy:?}"));
    add(new_key, &mut joined.conditions, &retired.conditions, |condition| format!("{condition:?}"));
    add(new_key, &mut joined.medications, &retired.medications, |medication| format!("{medication:?}"));
    add(new_key, &mut joined.alerts, &retired.alerts, |alert| format!("{alert:?}"));
    add(new_key, &mut joined.tags, &retired.tags, |tag| words(tag));
    add(new_key, &mut joined.notes, &retired.notes, |note| format!("{note:?}"));
    add(new_key, &mut joined.external_ids, &retired.external_ids, |id| format!("{}|{}", id.system, id.value));
}

/// Adds the entries that say something new. An entry keeps its key, so that both records' histories meet,
/// unless the survivor has that key for something else.
fn add<T: Clone>(
    new_key: &mut impl FnMut() -> EntryKey,
    to: &mut Entries<T>,
    from: &Entries<T>,
    form: impl Fn(&T) -> String,
) {
    let mut held: Vec<String> = to.values().map(&form).collect();
    for (key, entry) in from {
        let new = form(entry);
        if !held.contains(&new) {
            held.push(new);
            let key = if to.contains_key(key) { new_key() } else { *key };
            to.insert(key, entry.clone());
        }
    }
}

/// The retired record's official name goes on being found.
fn join_name(joined: &mut Patient, retired: &Patient, new_key: &mut impl FnMut() -> EntryKey) {
    if joined.name.is_empty() {
        joined.name = retired.name.clone();
        return;
    }
    let name = normalise_name(&retired.name.plain());
    let known = joined.all_names().iter().any(|held| normalise_name(held) == name);
    if !name.is_empty() && !known {
        let other = OtherName {
            r#use: Some(NameUse::Former),
            text: retired.name.text.clone(),
            given: retired.name.given.clone(),
            family: retired.name.family.clone(),
            prefix: retired.name.prefix.clone(),
            suffix: retired.name.suffix.clone(),
        };
        joined.other_names.insert(new_key(), other);
    }
}

fn to_map(patient: &Patient) -> Result<Map<String, Value>, MergeRefusal> {
    match serde_json::to_value(patient) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(MergeRefusal::Malformed),
    }
}

/// What differs, at the depth of a field or of one entry of a collection.
fn moves(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<MergeMove> {
    let mut found = BTreeMap::new();
    for name in before.keys().chain(after.keys()) {
        let (old, new) = (before.get(name), after.get(name));
        let depth = [old, new].iter().any(|side| side.is_some_and(Value::is_object));
        if !depth {
            note(&mut found, name.clone(), old, new);
            continue;
        }
        let empty = Map::new();
        let old = old.and_then(Value::as_object).unwrap_or(&empty);
        let new = new.and_then(Value::as_object).unwrap_or(&empty);
        for key in old.keys().chain(new.keys()) {
            note(&mut found, format!("{name}/{key}"), old.get(key), new.get(key));
        }
    }
    found.into_values().collect()
}

fn note(found: &mut BTreeMap<String, MergeMove>, path: String, old: Option<&Value>, new: Option<&Value>) {
    if old != new {
        let step = MergeMove {
            path: path.clone(),
            value: new.map(ToString::to_string),
            before: old.map(ToString::to_string),
        };
        found.insert(path, step);
    }
}

/// Puts back what stood at a path before, unless somebody changed it since. Says whether it did.
fn take_back(fields: &mut Map<String, Value>, step: &MergeMove) -> Result<bool, MergeRefusal> {
    let parse = |text: &Option<String>| -> Result<Option<Value>, MergeRefusal> {
        text.as_deref().map(serde_json::from_str).transpose().map_err(|_| MergeRefusal::Malformed)
    };
    let (written, before) = (parse(&step.value)?, parse(&step.before)?);
    let (name, key) = match step.path.split_once('/') {
        Some((name, key)) => (name, Some(key)),
        None => (step.path.as_str(), None),
    };
    let Some(key) = key else { return Ok(replace(fields, name, written.as_ref(), before)) };
    let container = fields.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    let Some(entries) = container.as_object_mut() else { return Ok(false) };
    let done = replace(entries, key, written.as_ref(), before);
    if entries.is_empty() {
        fields.shift_remove(name);
    }
    Ok(done)
}

fn replace(
    fields: &mut Map<String, Value>,
    name: &str,
    written: Option<&Value>,
    before: Option<Value>,
) -> bool {
    if fields.get(name) != written {
        return false;
    }
    match before {
        Some(before) => fields.insert(name.to_owned(), before),
        None => fields.shift_remove(name),
    };
    true
}

#[cfg(test)]
mod tests;
