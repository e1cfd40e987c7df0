//! What the desk sends, brought into the form in which it is kept: keys, telephone numbers, documents.

use posto_domain::jurisdiction::Pack;
use posto_domain::phone::read_phone;
use posto_domain::{EntryKey, Kind};
use serde_json::{Map, Value};

use super::super::App;

/// What a client may never set: the node draws it, or a use case of its own writes it.
const PROTECTED: [&str; 5] = ["id", "record_number", "merged_into", "registered_at_ms", "registered_by"];

/// Collections whose keys are not ULIDs.
const NAMED: [&str; 2] = ["name", "foreign"];

impl App {
    /// Brings a record, or a patch of one, into the form in which it is kept.
    pub(super) fn tidy(&self, pack: &Pack, patch: &mut Map<String, Value>) {
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
        if let Some(Value::Object(phones)) = patch.get_mut("phones") {
            phones.values_mut().for_each(|phone| tidy_phone(pack, phone));
        }
        if let Some(Value::Object(documents)) = patch.get_mut("documents") {
            documents.values_mut().for_each(|document| tidy_document(pack, document));
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

fn tidy_phone(pack: &Pack, phone: &mut Value) {
    let Some(phone) = phone.as_object_mut() else { return };
    let Some(typed) = phone.get("number").and_then(Value::as_str).map(str::to_owned) else { return };
    let Some(reading) = read_phone(&typed, &pack.phone_region).filter(|reading| reading.valid) else {
        return;
    };
    phone.insert("number".into(), reading.e164.into());
    if let (Some(kind), None) = (reading.kind, phone.get("kind")) {
        phone.insert("kind".into(), kind.as_str().into());
    }
    if let (Some(extension), None) = (reading.extension, phone.get("extension")) {
        phone.insert("extension".into(), extension.into());
    }
}

fn tidy_document(pack: &Pack, document: &mut Value) {
    let Some(document) = document.as_object_mut() else { return };
    let kind = document.get("kind").and_then(Value::as_str).and_then(|kind| pack.document(kind));
    let Some(kind) = kind else { return };
    if let Some(value) = document.get("value").and_then(Value::as_str).map(|value| kind.store_form(value)) {
        document.insert("value".into(), value.into());
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
}
