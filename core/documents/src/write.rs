//! Writing: the difference between two JSON forms of a record as the fewest operations.
//!
//! Only leaves that a command changed are written. What the record's type does not know stays
//! untouched, and two people who changed different fields both keep their work.

use std::collections::HashMap;

use automerge::hydrate;
use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding, Value as AmValue};
use serde_json::{Map, Value};

use crate::base::Base;
use crate::error::Corrupt;
use crate::value::DEPTH_MAX;
use crate::{Error, Path};

/// Writes into one transaction.
pub(crate) struct Writer<'t, 'd> {
    pub(crate) tx: &'t mut Transaction<'d>,
    pub(crate) base: &'t Base,
    path: Path,
}

impl<'t, 'd> Writer<'t, 'd> {
    pub(crate) fn new(tx: &'t mut Transaction<'d>, base: &'t Base) -> Self {
        Self { tx, base, path: Path::default() }
    }

    /// Makes `object`, whose content the caller saw as `before`, say `after`.
    pub(crate) fn object(
        &mut self,
        object: &ObjId,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) -> Result<(), Error> {
        if self.path.0.len() > DEPTH_MAX {
            return Err(Corrupt::TooDeep.into());
        }
        for key in sorted(before).filter(|key| !holds(after, key)) {
            self.below(key, |writer| writer.remove(object, key, before.get(key)))?;
        }
        for key in sorted(after).filter(|key| holds(after, key)) {
            let Some(value) = after.get(key) else { continue };
            match before.get(key) {
                Some(old) if old == value => {}
                old => self.below(key, |writer| writer.value(object, key, old, value))?,
            }
        }
        Ok(())
    }

    /// Writes `value` at `path` whatever stands there, or removes what stands there.
    pub(crate) fn replace(&mut self, path: &Path, value: Option<&Value>) -> Result<(), Error> {
        let (key, parents) = path.0.split_last().ok_or(Error::NoSuchPlace)?;
        let mut object = ROOT;
        for parent in parents {
            object = self.existing(&object, parent, ObjType::Map)?.ok_or(Error::NoSuchPlace)?;
        }
        self.path = path.clone();
        match value {
            Some(value @ (Value::Object(_) | Value::Array(_))) => self.create(&object, key, value),
            Some(value) if self.base.is_text(path) => self.create(&object, key, value),
            Some(value) => Ok(self.tx.put(&object, key.as_str(), scalar(value))?),
            None => Ok(self.tx.delete(&object, key.as_str())?),
        }
    }

    fn below(&mut self, key: &str, work: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        self.path.0.push(key.to_owned());
        let result = work(self);
        self.path.0.pop();
        result
    }

    /// A container outlives its content: emptied, not removed, or it would have to be made again
    /// and could have a rival.
    fn remove(&mut self, object: &ObjId, key: &str, before: Option<&Value>) -> Result<(), Error> {
        if self.base.is_container(&self.path) {
            let (Some(Value::Object(before)), Some(id)) = (before, self.existing(object, key, ObjType::Map)?)
            else {
                return Ok(());
            };
            return self.object(&id, before, &Map::new());
        }
        if self.base.is_base_text(&self.path) {
            return match self.existing(object, key, ObjType::Text)? {
                Some(id) => Ok(self.tx.update_text(&id, "")?),
                None => Ok(()),
            };
        }
        if self.tx.get(object, key)?.is_some() {
            self.tx.delete(object, key)?;
        }
        Ok(())
    }

    fn value(&mut self, object: &ObjId, key: &str, old: Option<&Value>, new: &Value) -> Result<(), Error> {
        if !self.base.may_hold(&self.path, new) {
            return Err(Error::NoSuchPlace);
        }
        match new {
            Value::Object(after) => {
                let empty = Map::new();
                let before = match old {
                    Some(Value::Object(before)) => before,
                    _ => &empty,
                };
                match self.existing(object, key, ObjType::Map)? {
                    Some(id) => self.object(&id, before, after),
                    None => self.create(object, key, new),
                }
            }
            Value::String(text) if self.base.is_text(&self.path) => {
                match self.existing(object, key, ObjType::Text)? {
                    Some(id) => Ok(self.tx.update_text(&id, text)?),
                    None => self.create(object, key, new),
                }
            }
            Value::Array(_) => self.create(object, key, new),
            Value::Null => Ok(()),
            leaf => Ok(self.tx.put(object, key, scalar(leaf))?),
        }
    }

    /// The object of the wanted type at a key, as far as this transaction sees.
    fn existing(&self, object: &ObjId, key: &str, kind: ObjType) -> Result<Option<ObjId>, Error> {
        Ok(match self.tx.get(object, key)? {
            Some((AmValue::Object(found), id)) if found == kind => Some(id),
            _ => None,
        })
    }

    /// A new object with all its content at once, which costs a fraction of doing it key by key.
    fn create(&mut self, object: &ObjId, key: &str, value: &Value) -> Result<(), Error> {
        let content = hydrated(self.base, &mut self.path, value)?;
        self.tx.batch_create_object(object, key, &content, false)?;
        Ok(())
    }
}

pub(crate) fn holds(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key).is_some_and(|value| !value.is_null())
}

/// Keys in byte order: the same command gives the same bytes on every machine.
pub(crate) fn sorted(map: &Map<String, Value>) -> impl Iterator<Item = &String> {
    let mut keys: Vec<_> = map.keys().collect();
    keys.sort_unstable();
    keys.into_iter()
}

fn hydrated(base: &Base, path: &mut Path, value: &Value) -> Result<hydrate::Value, Error> {
    if path.0.len() > DEPTH_MAX {
        return Err(Corrupt::TooDeep.into());
    }
    Ok(match value {
        Value::Object(map) => {
            let mut content = HashMap::with_capacity(map.len());
            for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
                path.0.push(key.clone());
                let value = hydrated(base, path, value);
                path.0.pop();
                content.insert(key.clone(), value?);
            }
            hydrate::Value::Map(content.into())
        }
        Value::Array(items) => {
            let mut content = Vec::with_capacity(items.len());
            for item in items {
                path.0.push("*".to_owned());
                let value = hydrated(base, path, item);
                path.0.pop();
                content.push(value?);
            }
            hydrate::Value::List(content.into())
        }
        Value::String(text) if base.is_text(path) => {
            hydrate::Value::text(TextEncoding::platform_default(), text)
        }
        leaf => hydrate::Value::Scalar(scalar(leaf)),
    })
}

/// A JSON leaf as Automerge stores it. Objects and arrays never get here.
pub(crate) fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Bool(flag) => ScalarValue::Boolean(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => ScalarValue::Int(int),
            (None, Some(uint)) => ScalarValue::Uint(uint),
            (None, None) => ScalarValue::F64(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => ScalarValue::Str(text.as_str().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => ScalarValue::Null,
    }
}
