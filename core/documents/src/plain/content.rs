//! Objects and what stands in them, while operations are folded into them.

use serde_json::{Map, Number, Value};

use crate::base::Base;
use crate::chunk::{Action, Key as ChunkKey, OpId, Operation, Scalar};
use crate::value::DEPTH_MAX;

/// Larger documents go the long way: everything here is found by walking short lists.
const ENTRIES_MAX: usize = 8192;

/// Which operation, by our number of its actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) actor: usize,
    pub(super) counter: u64,
}

/// The operation that made the root, if there were one.
pub(super) const BASE: Id = Id { actor: 0, counter: 0 };

/// Who speaks: a change, our numbers of the actors it names, and a row of bits of the changes it has seen.
pub(super) struct Author<'h> {
    pub(super) change: usize,
    pub(super) numbers: &'h [usize],
    pub(super) seen: &'h [u64],
}

impl Author<'_> {
    fn id(&self, op: OpId) -> Option<Id> {
        let actor = *self.numbers.get(usize::try_from(op.actor).ok()?)?;
        Some(Id { actor, counter: op.counter })
    }

    /// Whether it may speak of what an operation made, in its operation `counter`.
    fn knows(&self, made: Made, counter: u64) -> bool {
        let seen =
            |change: usize| self.seen.get(change / 64).is_some_and(|word| word >> (change % 64) & 1 == 1);
        made.id.counter < counter && made.change.is_none_or(|change| change == self.change || seen(change))
    }
}

/// An operation that made something, and its change; `None` is the base.
#[derive(Debug, Clone, Copy)]
struct Made {
    id: Id,
    change: Option<usize>,
}

/// Objects in the order in which they were made, the root first; entries sorted by object and key.
#[derive(Debug, Clone)]
pub(super) struct Content<'a> {
    objects: Vec<Object>,
    entries: Vec<Entry<'a>>,
}

#[derive(Debug, Clone)]
struct Object {
    made: Made,
    depth: usize,
    content: Elements,
}

#[derive(Debug, Clone)]
enum Elements {
    /// In the entries, by name.
    Map,
    /// In the entries, by place. The next must stand behind the last one.
    List {
        length: u32,
        last: Option<Made>,
    },
    Text {
        text: String,
        last: Option<Made>,
    },
}

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    object: usize,
    key: Key<'a>,
    made: Made,
    value: Slot<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Name(&'a str),
    Place(u32),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Slot<'a> {
    Scalar(Scalar<'a>),
    Object(usize),
}

impl<'a> Content<'a> {
    /// Only the containers and texts that a kind's documents have from the start.
    pub(super) fn of_base(base: &'a Base) -> Option<Self> {
        let made = Made { id: BASE, change: None };
        let mut content =
            Self { objects: vec![Object { made, depth: 0, content: Elements::Map }], entries: Vec::new() };
        let mut places = vec![&[] as &[String]];
        for (path, counter) in base.objects() {
            let (key, parent) = path.0.split_last()?;
            let parent = places.iter().position(|place| *place == parent)?;
            places.push(&path.0);
            let made = Made { id: Id { actor: BASE.actor, counter }, change: None };
            let elements = match base.is_base_text(path) {
                true => Elements::Text { text: String::new(), last: None },
                false => Elements::Map,
            };
            let value = content.make(parent, made, elements)?;
            let at = content.find(parent, Key::Name(key)).err()?;
            content.entries.insert(at, Entry { object: parent, key: Key::Name(key), made, value });
        }
        Some(content)
    }

    /// Applies an operation; `None` when it does not follow exactly what stands at its place.
    pub(super) fn apply(
        &mut self,
        author: &Author<'_>,
        counter: u64,
        operation: Operation<'a>,
    ) -> Option<()> {
        let object = match operation.object {
            None => 0,
            Some(op) => self.object(author.id(op)?)?,
        };
        author.knows(self.objects.get(object)?.made, counter).then_some(())?;
        let made = Made { id: Id { actor: *author.numbers.first()?, counter }, change: Some(author.change) };
        match operation.key {
            ChunkKey::Map(name) => self.set(author, object, name, made, &operation),
            ChunkKey::Element(after) => {
                let after = after.map_or(Some(None), |op| author.id(op).map(Some))?;
                self.append(author, object, after, made, &operation)
            }
        }
    }

    /// What stands at a key of a map, and the operation that put it there.
    pub(super) fn entry(&self, object: usize, name: &str) -> Option<(Id, Slot<'a>)> {
        let at = self.find(object, Key::Name(name)).ok()?;
        self.entries.get(at).map(|entry| (entry.made.id, entry.value))
    }

    /// A text, and the operation that put its last letter there.
    pub(super) fn text(&self, object: usize) -> Option<(&str, Option<Id>)> {
        match &self.objects.get(object)?.content {
            Elements::Text { text, last } => Some((text, last.map(|last| last.id))),
            _ => None,
        }
    }

    /// Whether an object is a map.
    pub(super) fn is_map(&self, object: usize) -> bool {
        self.objects.get(object).is_some_and(|object| matches!(object.content, Elements::Map))
    }

    fn object(&self, id: Id) -> Option<usize> {
        self.objects.iter().rposition(|object| object.made.id == id).filter(|at| *at > 0)
    }

    fn find(&self, object: usize, key: Key<'_>) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| (entry.object, entry.key).cmp(&(object, key)))
    }

    fn set(
        &mut self,
        author: &Author<'_>,
        object: usize,
        name: &'a str,
        made: Made,
        operation: &Operation<'a>,
    ) -> Option<()> {
        let is_map = matches!(self.objects.get(object)?.content, Elements::Map);
        (is_map && !operation.insert).then_some(())?;
        let found = self.find(object, Key::Name(name));
        let follows = match found.ok().and_then(|at| self.entries.get(at)) {
            Some(entry) => {
                operation.predecessors == 1
                    && author.id(operation.predecessor?)? == entry.made.id
                    && author.knows(entry.made, made.id.counter)
            }
            None => operation.predecessors == 0,
        };
        follows.then_some(())?;
        let value = self.value(object, made, operation)?;
        match (found, value) {
            (Ok(at), Some(value)) => {
                let entry = self.entries.get_mut(at)?;
                (entry.made, entry.value) = (made, value);
            }
            (Ok(at), None) => {
                self.entries.remove(at);
            }
            (Err(at), Some(value)) => self.insert(at, Entry { object, key: Key::Name(name), made, value })?,
            (Err(_), None) => return None,
        }
        Some(())
    }

    fn append(
        &mut self,
        author: &Author<'_>,
        object: usize,
        after: Option<Id>,
        made: Made,
        operation: &Operation<'a>,
    ) -> Option<()> {
        (operation.insert && operation.predecessors == 0).then_some(())?;
        let (Elements::List { last, .. } | Elements::Text { last, .. }) = self.objects.get(object)?.content
        else {
            return None;
        };
        let is_last = last.map(|last| last.id) == after;
        (is_last && last.is_none_or(|last| author.knows(last, made.id.counter))).then_some(())?;
        let value = self.value(object, made, operation)??;
        match (&mut self.objects.get_mut(object)?.content, value) {
            (Elements::Text { text, last }, Slot::Scalar(Scalar::Text(element))) if !element.is_empty() => {
                text.push_str(element);
                *last = Some(made);
                Some(())
            }
            (Elements::List { length, last }, value) => {
                let key = Key::Place(*length);
                *length = length.checked_add(1)?;
                *last = Some(made);
                let at = self.find(object, key).err()?;
                self.insert(at, Entry { object, key, made, value })
            }
            _ => None,
        }
    }

    /// What an operation puts; the inner `None` is nothing.
    fn value(&mut self, object: usize, made: Made, operation: &Operation<'a>) -> Option<Option<Slot<'a>>> {
        let elements = match (operation.action, operation.value) {
            (Action::Put, Scalar::Bytes) => return None,
            (Action::Put, value) => return Some(Some(Slot::Scalar(value))),
            (Action::Delete, Scalar::Null) => return Some(None),
            (Action::MakeMap, Scalar::Null) => Elements::Map,
            (Action::MakeList, Scalar::Null) => Elements::List { length: 0, last: None },
            (Action::MakeText, Scalar::Null) => Elements::Text { text: String::new(), last: None },
            _ => return None,
        };
        self.make(object, made, elements).map(Some)
    }

    fn make(&mut self, parent: usize, made: Made, content: Elements) -> Option<Slot<'a>> {
        let depth = self.objects.get(parent)?.depth + 1;
        (depth <= DEPTH_MAX && self.objects.len() <= ENTRIES_MAX).then_some(())?;
        self.objects.push(Object { made, depth, content });
        Some(Slot::Object(self.objects.len() - 1))
    }

    fn insert(&mut self, at: usize, entry: Entry<'a>) -> Option<()> {
        (self.entries.len() < ENTRIES_MAX).then(|| self.entries.insert(at, entry))
    }

    /// The content as JSON; keys in byte order. A base text is absent while it is empty.
    pub(super) fn into_json(mut self, base: &Base) -> Value {
        Value::Object(self.map(base, 0, ""))
    }

    /// `above` is the object's own name, which matters for the uppermost only.
    fn map(&mut self, base: &Base, object: usize, above: &str) -> Map<String, Value> {
        let entries = self.entries_of(object);
        let mut map = Map::with_capacity(entries.len());
        for at in entries {
            let Some(Entry { key: Key::Name(name), value, .. }) = self.entries.get(at).copied() else {
                continue;
            };
            if let Some(value) = self.json(base, value, above, name) {
                map.insert(name.to_owned(), value);
            }
        }
        map
    }

    /// `None` is an empty base text.
    fn json(&mut self, base: &Base, value: Slot<'a>, above: &str, name: &str) -> Option<Value> {
        let object = match value {
            Slot::Scalar(scalar) => return Some(json(scalar)),
            Slot::Object(object) => object,
        };
        let Object { content, depth, .. } = self.objects.get_mut(object)?;
        Some(match content {
            Elements::Map => Value::Object(self.map(base, object, name)),
            Elements::List { .. } => Value::Array(
                self.entries_of(object)
                    .filter_map(|at| self.entries.get(at).map(|entry| entry.value))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .filter_map(|value| self.json(base, value, "", ""))
                    .collect(),
            ),
            Elements::Text { text, .. } if text.is_empty() => {
                let is_base = match depth {
                    1 => base.has_base_text(&[name]),
                    2 => base.has_base_text(&[above, name]),
                    _ => false,
                };
                return (!is_base).then(|| Value::String(String::new()));
            }
            Elements::Text { text, .. } => Value::String(std::mem::take(text)),
        })
    }

    fn entries_of(&self, object: usize) -> std::ops::Range<usize> {
        let first = self.entries.partition_point(|entry| entry.object < object);
        let count =
            self.entries.get(first..).unwrap_or_default().partition_point(|entry| entry.object == object);
        first..first + count
    }
}

pub(super) fn json(scalar: Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null | Scalar::Bytes => Value::Null,
        Scalar::Boolean(flag) => Value::Bool(flag),
        Scalar::Unsigned(number) => Value::Number(number.into()),
        Scalar::Signed(number) => Value::Number(number.into()),
        Scalar::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        Scalar::Text(text) => Value::String(text.to_owned()),
    }
}
