//! What the desk sends, made fit for a record: fields it may set, keys of collections; and JSON merge patches.

use posto_domain::{EntryKey, Kind};
use serde_json::{Map, Value};

use super::super::App;

/// What a client may never set: the node draws it, or a use case of its own writes it.
const PROTECTED: [&str; 5] = ["id", "record_number", "merged_into", "registered_at_ms", "registered_by"];

/// Collections whose keys are not ULIDs.
const NAMED: [&str; 2] = ["name", "foreign"];

impl App {
    /// Takes out of a record, or a patch of one, what the desk may not set, and gives new entries their keys.
    pub(super) fn accept(&self, patch: &mut Map<String, Value>) {
        for field in PROTECTED {
            patch.shift_remove(field);
        }
        if let Some(spec) = Kind::Patient.spec() {
            for field in spec.containers.iter().filter(|field| !NAMED.contains(field)) {
                if let Some(Value::Object(entries)) = patch.get_mut(*field) {
                    self.rename_keys(entries);
                }
            }
        }
    }

    /// A key that is no ULID was made up by a form: it gets one.
    fn rename_keys(&self, entries: &mut Map<String, Value>) {
        if entries.keys().all(|key| key.parse::<EntryKey>().is_ok()) {
            return;
        }
        let renamed = std::mem::take(entries).into_iter().map(|(key, value)| match key.parse::<EntryKey>() {
            Ok(_) => (key, value),
            Err(_) => (self.pen.id::<EntryKey>().to_string(), value),
        });
        *entries = renamed.collect();
    }
}

/// RFC 7396: what is in the patch is set, `null` removes, the rest stays.
pub(super) fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.shift_remove(key);
        } else {
            merge_patch(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

/// The merge patch that leads from one value to the other.
pub(super) fn difference(from: &Value, to: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (from, to) else { return to.clone() };
    let mut patch = Map::new();
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, value) in new {
        match old.get(key) {
            Some(before) if before == value => {}
            Some(before) => drop(patch.insert(key.clone(), difference(before, value))),
            None => drop(patch.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(patch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_merge_patch_is_rfc_7396() {
        // The examples of the RFC's appendix A that concern objects.
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = target;
            merge_patch(&mut merged, &patch);
            assert_eq!(merged, result);
        }
    }

    #[test]
    fn a_difference_leads_from_one_to_the_other() {
        let from = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": 4});
        let to = json!({"a": 1, "b": {"c": 5}, "f": {"g": 6}});
        let patch = difference(&from, &to);
        assert_eq!(patch, json!({"b": {"c": 5, "d": null}, "e": null, "f": {"g": 6}}));
        let mut led = from;
        merge_patch(&mut led, &patch);
        assert_eq!(led, to);
    }
}
