//! History: what each change did to the record, and the record as it was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{ChangeHash, ChangeInfo, Document, Error, Path};
use posto_domain::Record;

/// A moment in a document's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsOf {
    /// Everything written up to this time, by the hybrid clock, in Unix milliseconds; with all it
    /// rests on being of that time too.
    Time(i64),
    /// Exactly what somebody saw who had these heads.
    Heads(Vec<ChangeHash>),
}

/// One change as a person reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    pub info: ChangeInfo,
    /// What its author changed in the record as the author saw it, in the order of the paths.
    pub fields: Vec<FieldChange>,
}

/// A field before and after a change. Both absent never happens.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    pub path: Path,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Document {
    /// Every change with its author and what it did, each after those it rests on.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when hostile changes made the content unreadable.
    pub fn history(&self) -> Result<Vec<HistoryEntry>, Error> {
        let mut seen: BTreeMap<Vec<ChangeHash>, Value> = BTreeMap::new();
        let mut entries = Vec::new();
        for info in self.change_infos() {
            let before = match seen.get(&info.deps) {
                Some(value) => value.clone(),
                None => self.at(&AsOf::Heads(info.deps.clone()))?,
            };
            let after = self.at(&AsOf::Heads(vec![info.hash]))?;
            let mut fields = Vec::new();
            differences(&Path::default(), &before, &after, &mut fields);
            // The next change usually builds on this one alone.
            seen.insert(vec![info.hash], after);
            entries.push(HistoryEntry { info, fields });
        }
        Ok(entries)
    }

    /// The record's JSON as it was. Empty when nothing had been written yet.
    ///
    /// # Errors
    /// [`Error::UnknownHeads`]; as [`Document::value`].
    pub fn at(&self, moment: &AsOf) -> Result<Value, Error> {
        let heads = match moment {
            AsOf::Heads(heads) if self.stands_at(heads) => return self.value(),
            AsOf::Heads(heads) => self.with_base(heads)?,
            AsOf::Time(time_ms) => self.with_base(&self.heads_at(*time_ms))?,
        };
        self.value_at_heads(Some(&heads))
    }

    /// The typed record as it was; `None` when nothing had been written yet.
    ///
    /// # Errors
    /// As [`Document::at`]; [`Error::Shape`] when the content does not fit the type.
    pub fn record_at<R: Record>(&self, moment: &AsOf) -> Result<Option<R>, Error> {
        let value = self.at(moment)?;
        if value.get("id").is_none() {
            return Ok(None);
        }
        serde_json::from_value(value).map(Some).map_err(Error::Shape)
    }

    /// The heads of what had been written by `time_ms` on the hybrid clock. A change counts only
    /// with all it rests on, whatever a wrong clock says.
    pub fn heads_at(&self, time_ms: i64) -> Vec<ChangeHash> {
        let mut included = BTreeSet::new();
        let mut heads = BTreeSet::new();
        for info in self.change_infos() {
            if info.hlc.ms > time_ms || info.deps.iter().any(|dep| !included.contains(dep)) {
                continue;
            }
            for dep in &info.deps {
                heads.remove(dep);
            }
            included.insert(info.hash);
            heads.insert(info.hash);
        }
        heads.into_iter().collect()
    }
}

/// Leaf by leaf; lists are compared whole, a new or removed object shows each of its leaves.
fn differences(path: &Path, before: &Value, after: &Value, found: &mut Vec<FieldChange>) {
    let empty = Map::new();
    let (old, new) = match (before, after) {
        (Value::Object(old), Value::Object(new)) => (old, new),
        (Value::Object(old), Value::Null) => (old, &empty),
        (Value::Null, Value::Object(new)) => (&empty, new),
        _ if before == after => return,
        _ => {
            let present = |value: &Value| (!value.is_null()).then(|| value.clone());
            found.push(FieldChange { path: path.clone(), before: present(before), after: present(after) });
            return;
        }
    };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (before, after) = (old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null));
        differences(&path.child(key), before, after, found);
    }
}
