//! A bundle read entry by entry: a file of any size never stands in memory whole.

use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The top of a JSON file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) resource_type: Option<String>,
    /// `Bundle.type`.
    pub(super) bundle_type: Option<String>,
    /// Entries seen; those beyond a stop are not counted.
    pub(super) entries: u64,
}

/// One entry of a bundle.
#[derive(Debug, Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(rename = "fullUrl")]
    pub(super) full_url: Option<String>,
    #[serde(borrow)]
    pub(super) resource: Option<&'a RawValue>,
}

/// What a reference needs to know of a resource.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "resourceType")]
    pub(super) resource_type: Option<String>,
    pub(super) id: Option<String>,
}

/// Receives the text of each entry.
pub(super) type OnEntry<'a> = &'a mut dyn FnMut(Box<RawValue>) -> ControlFlow<()>;

/// Reads JSON from memory.
pub(super) fn read_text(text: &str, on_entry: OnEntry<'_>) -> Result<Outline, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let outline = Top(on_entry).deserialize(&mut json)?;
    json.end()?;
    Ok(outline)
}

/// Reads JSON from a file.
pub(super) fn read_file(file: impl Read, on_entry: OnEntry<'_>) -> Result<Outline, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_reader(file);
    let outline = Top(on_entry).deserialize(&mut json)?;
    json.end()?;
    Ok(outline)
}

struct Top<'f>(OnEntry<'f>);

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = Outline;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Outline, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = Outline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outline, A::Error> {
        let mut outline = Outline::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resourceType" => outline.resource_type = text(map.next_value::<Box<RawValue>>()?.get()),
                "type" => outline.bundle_type = text(map.next_value::<Box<RawValue>>()?.get()),
                "entry" => {
                    map.next_value_seed(Entries { on_entry: &mut *self.0, count: &mut outline.entries })?
                }
                _ => {
                    let _: IgnoredAny = map.next_value()?;
                }
            }
        }
        Ok(outline)
    }
}

/// A JSON text's content; other types, such as the concept under `type`, are none.
fn text(json: &str) -> Option<String> {
    serde_json::from_str(json).ok()
}

struct Entries<'f, 'c> {
    on_entry: OnEntry<'f>,
    count: &'c mut u64,
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        // Whatever has an `entry` of another type is no bundle, which the caller finds out.
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut goes_on = true;
        while goes_on {
            let Some(item) = items.next_element::<Box<RawValue>>()? else { return Ok(()) };
            *self.count += 1;
            goes_on = (self.on_entry)(item).is_continue();
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
