//! An export is the verbatim resource overlaid: elements that a record did not change stay as they
//! came, to the last digit.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::id::EntryKey;
use crate::parts::Entries;

/// The top level of a resource, each element still as text, in the order it came.
#[derive(Debug, Default)]
pub(super) struct Overlay(Vec<(String, Box<RawValue>)>);

impl Overlay {
    /// A resource to overlay; an empty one of this type and id where there is none.
    pub(super) fn new(verbatim: Option<&str>, resource_type: &str, id: &str) -> Self {
        if let Some(overlay) = verbatim.and_then(|text| serde_json::from_str(text).ok()) {
            return overlay;
        }
        let mut overlay = Self::default();
        overlay.set("resourceType", Some(resource_type.into()));
        overlay.set("id", Some(id.into()));
        overlay
    }

    /// Replaces an element, or removes it.
    pub(super) fn set(&mut self, key: &str, value: Option<Value>) {
        let raw = value.and_then(|value| serde_json::value::to_raw_value(&value).ok());
        let at = self.0.iter().position(|(name, _)| name == key);
        match (at, raw) {
            (Some(at), Some(raw)) => {
                if let Some(slot) = self.0.get_mut(at) {
                    slot.1 = raw;
                }
            }
            (None, Some(raw)) => self.0.push((key.to_owned(), raw)),
            (Some(at), None) => drop(self.0.remove(at)),
            (None, None) => {}
        }
    }

    /// Replaces a list; an empty one is removed, as FHIR has no empty lists.
    pub(super) fn set_list(&mut self, key: &str, items: Vec<Value>) {
        self.set(key, (!items.is_empty()).then_some(Value::Array(items)));
    }

    pub(super) fn into_text(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }
}

impl Serialize for Overlay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Overlay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = Overlay;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a resource")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Overlay, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = map.next_entry()? {
                    elements.push(element);
                }
                Ok(Overlay(elements))
            }
        }
        from.deserialize_map(Elements)
    }
}

/// A list of the resource as the record says it by now. `then` is what the list said when it came,
/// `now` what the record says; `key` names the entry that came from an item.
///
/// Items that never became entries stay, unchanged entries stay as they came, changed ones are
/// written over what came, removed ones go, new ones follow.
pub(super) fn merged<T: PartialEq>(
    came: &[Value],
    key: impl Fn(usize) -> EntryKey,
    then: &Entries<T>,
    now: &Entries<T>,
    write: impl Fn(&mut Map<String, Value>, &T),
) -> Vec<Value> {
    let mut items = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, item) in came.iter().enumerate() {
        let key = key(index);
        seen.insert(key);
        match (then.get(&key), now.get(&key)) {
            (None, None) => items.push(item.clone()),
            (Some(_), None) => {}
            (before, Some(after)) if before == Some(after) => items.push(item.clone()),
            (_, Some(after)) => {
                let mut item = item.as_object().cloned().unwrap_or_default();
                write(&mut item, after);
                items.push(Value::Object(item));
            }
        }
    }
    for (_, value) in now.iter().filter(|(key, _)| !seen.contains(key)) {
        let mut item = Map::new();
        write(&mut item, value);
        items.push(Value::Object(item));
    }
    items
}
