//! An edit of a plain document, written down directly: nothing competes in it, so what each operation follows is
//! the one that stands at its place.
//!
//! It does what [`crate::write`] does through Automerge, for maps, what is in them, and letters at the end of a text. Texts
//! that change elsewhere are compared letter by letter, so they go the long way, as everything does that is refused.

use automerge::legacy::{Key, ObjectId, OpId, OpType};
use automerge::{ActorId, ObjType};
use serde_json::{Map, Value};

use super::content::{Content, Id, Slot, json};
use super::{Actor, Folded, PlainDocument};
use crate::base::Base;
use crate::first::{Operations, Pending};
use crate::limits::OPERATION_COUNTER_MAX;
use crate::value::DEPTH_MAX;
use crate::write::{holds, scalar, sorted};
use crate::{NewChange, Path, WriteContext};

impl PlainDocument {
    /// The change that makes the record, which the caller saw as `before`, say `after`. `None` when the document has
    /// to be opened to find out.
    pub(crate) fn edit(
        &self,
        context: &WriteContext,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) -> Option<NewChange> {
        let Folded { base, history, content, .. } = self.folded()?;
        // Else the newest base change is a head of its own, which the change would have to rest on.
        history.has_newest_base.then_some(())?;
        let last = history.actors.iter().find(|actor| actor.name == context.actor);
        let sequence = last.map_or(0, |actor| actor.sequence) + 1;
        let start = history.changes.iter().map(|change| change.end).max()?;
        let operations = Operations::new(context.actor, start);
        let mut editor =
            Editor { base, content: &content, actors: &history.actors, operations, path: Path::default() };
        editor.object(&At::root(), before, after)?;
        // As Automerge does: the heads, and the writer's own change before, whoever has seen that.
        let mut deps = self.heads.clone();
        deps.extend(last.and_then(|actor| self.changes().get(actor.newest)).map(|change| change.hash));
        deps.sort_unstable();
        deps.dedup();
        let deps = deps.into_iter().map(Into::into).collect();
        let change = NewChange::of(&editor.operations.into_change(context, sequence, deps)?);
        (start + after_ops(&change)? <= OPERATION_COUNTER_MAX).then_some(change)
    }
}

/// How many operations a change can have at most: none is shorter than a byte.
fn after_ops(change: &NewChange) -> Option<u64> {
    u64::try_from(change.bytes.len()).ok()
}

/// A map of the document: its place among the objects and the operation that made it.
struct At {
    place: usize,
    object: ObjectId,
}

impl At {
    fn root() -> Self {
        Self { place: 0, object: ObjectId::Root }
    }
}

struct Editor<'a> {
    base: &'a Base,
    content: &'a Content<'a>,
    actors: &'a [Actor<'a>],
    operations: Operations,
    path: Path,
}

impl Editor<'_> {
    fn id(&self, id: Id) -> Option<OpId> {
        Some(OpId::new(id.counter, &ActorId::from(self.actors.get(id.actor)?.name)))
    }

    fn object(&mut self, at: &At, before: &Map<String, Value>, after: &Map<String, Value>) -> Option<()> {
        (self.path.0.len() <= DEPTH_MAX).then_some(())?;
        for key in sorted(before).filter(|key| !holds(after, key)) {
            self.below(key, |editor| editor.remove(at, key, before.get(key)))?;
        }
        for key in sorted(after).filter(|key| holds(after, key)) {
            let value = after.get(key)?;
            match before.get(key) {
                Some(old) if old == value => {}
                old => self.below(key, |editor| editor.value(at, key, old, value))?,
            }
        }
        Some(())
    }

    fn below(&mut self, key: &str, work: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.path.0.push(key.to_owned());
        let result = work(self);
        self.path.0.pop();
        result
    }

    fn remove(&mut self, at: &At, key: &str, before: Option<&Value>) -> Option<()> {
        if self.base.is_container(&self.path) {
            let (Some(Value::Object(before)), Some(inner)) = (before, self.map(at, key)?) else {
                return Some(());
            };
            return self.object(&inner, before, &Map::new());
        }
        (!self.base.is_base_text(&self.path)).then_some(())?;
        if let Some((standing, _)) = self.content.entry(at.place, key) {
            self.push(at, key, Some(standing), OpType::Delete)?;
        }
        Some(())
    }

    fn value(&mut self, at: &At, key: &str, old: Option<&Value>, new: &Value) -> Option<()> {
        self.base.may_hold(&self.path, new).then_some(())?;
        let standing = self.content.entry(at.place, key);
        match new {
            Value::Object(after) => {
                if let Some(inner) = self.map(at, key)? {
                    let empty = Map::new();
                    let before = old.and_then(Value::as_object).unwrap_or(&empty);
                    return self.object(&inner, before, after);
                }
                self.make(at, key, ObjType::Map, new)
            }
            Value::Array(_) => self.make(at, key, ObjType::List, new),
            Value::String(text) if self.base.is_text(&self.path) => match standing {
                Some((id, Slot::Object(place))) => self.append(id, place, text),
                _ => self.make(at, key, ObjType::Text, new),
            },
            Value::Null => Some(()),
            // What stands there already is not written again.
            leaf if matches!(standing, Some((_, Slot::Scalar(held))) if json(held) == *leaf) => Some(()),
            leaf => {
                self.push(at, key, standing.map(|(id, _)| id), OpType::Put(scalar(leaf)))?;
                Some(())
            }
        }
    }

    /// Letters behind those of a text.
    fn append(&mut self, id: Id, place: usize, new: &str) -> Option<()> {
        let (held, last) = self.content.text(place)?;
        let more = new.strip_prefix(held)?;
        let last = match last {
            Some(last) => Some(self.id(last)?),
            None => None,
        };
        let object = ObjectId::Id(self.id(id)?);
        self.operations.append(&object, last, more);
        Some(())
    }

    /// The map that stands at a key; the inner `None` is anything else.
    fn map(&self, at: &At, key: &str) -> Option<Option<At>> {
        match self.content.entry(at.place, key) {
            Some((id, Slot::Object(place))) if self.content.is_map(place) => {
                Some(Some(At { place, object: ObjectId::Id(self.id(id)?) }))
            }
            _ => Some(None),
        }
    }

    /// A new object with all its content.
    fn make(&mut self, at: &At, key: &str, kind: ObjType, content: &Value) -> Option<()> {
        // A container of the base that is gone: the long way knows what to make of that.
        self.base.object(&self.path).is_none().then_some(())?;
        let standing = self.content.entry(at.place, key).map(|(id, _)| id);
        let made = self.push(at, key, standing, OpType::Make(kind))?;
        let pending = Pending { object: ObjectId::Id(made), path: self.path.clone(), content };
        self.operations.fill(self.base, pending).ok()
    }

    fn push(&mut self, at: &At, key: &str, standing: Option<Id>, action: OpType) -> Option<OpId> {
        let before = match standing {
            Some(id) => Some(self.id(id)?),
            None => None,
        };
        Some(self.operations.push_after(before, &at.object, Key::Map(key.into()), false, action))
    }
}
