//! The canonical dump: one text for one state, by which simulations judge that replicas agree.

use serde_json::{Map, Value, json};

use crate::{Document, Error};

impl Document {
    /// Kind, heads, content and conflicts as JSON with sorted keys. Two replicas that hold the same
    /// changes give the same text, whatever order the changes came in.
    ///
    /// # Errors
    /// As [`Document::value`].
    pub fn canonical(&self) -> Result<String, Error> {
        let heads: Vec<String> = self.heads().iter().map(ToString::to_string).collect();
        let conflicts: Vec<Value> = self
            .conflicts()?
            .into_iter()
            .map(|conflict| {
                let values: Vec<Value> = conflict
                    .values
                    .into_iter()
                    .map(|value| json!({ "change": value.hash.to_string(), "value": value.value }))
                    .collect();
                json!({ "path": conflict.path.to_string(), "values": values })
            })
            .collect();
        let dump = json!({
            "conflicts": conflicts,
            "content": self.value()?,
            "heads": heads,
            "kind": self.kind().code(),
        });
        Ok(sorted(dump).to_string())
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(Map::from_iter(entries))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        leaf => leaf,
    }
}
