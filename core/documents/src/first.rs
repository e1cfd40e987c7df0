//! The first change of a document, written down directly.
//!
//! A new record competes with nothing, so no document has to be opened to find out what its
//! operations follow: they are listed, encoded and hashed. That costs a fraction of putting them
//! into a document one by one, and an import makes hundreds of thousands of them.

use std::collections::VecDeque;
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{ActorId, Change, ExpandedChange, ObjType, ScalarValue};
use serde_json::{Map, Value};

use crate::base::Base;
use crate::error::Corrupt;
use crate::limits::OPERATIONS_MAX;
use crate::value::DEPTH_MAX;
use crate::write::scalar;
use crate::{Error, Path, WriteContext};

/// An object whose content is still to be written.
pub(crate) struct Pending<'a> {
    pub(crate) object: ObjectId,
    pub(crate) path: Path,
    pub(crate) content: &'a Value,
}

/// The operations of a change that is being written down.
pub(crate) struct Operations {
    actor: ActorId,
    start: u64,
    list: Vec<Op>,
}

impl Operations {
    /// None yet; the first will have the counter `start`.
    pub(crate) fn new(actor: [u8; 16], start: u64) -> Self {
        Self { actor: ActorId::from(actor), start, list: Vec::new() }
    }

    /// Adds an operation that follows nothing and says which it is.
    fn push(&mut self, object: &ObjectId, key: Key, insert: bool, action: OpType) -> OpId {
        self.push_after(None, object, key, insert, action)
    }

    /// Adds an operation that takes the place of another one.
    pub(crate) fn push_after(
        &mut self,
        before: Option<OpId>,
        object: &ObjectId,
        key: Key,
        insert: bool,
        action: OpType,
    ) -> OpId {
        let id = OpId::new(self.start + self.list.len() as u64, &self.actor);
        let pred: SortedVec<OpId> = before.into_iter().collect();
        self.list.push(Op { action, obj: object.clone(), key, pred, insert });
        id
    }

    /// Fills an object that was just made, and those within it.
    pub(crate) fn fill(&mut self, base: &Base, made: Pending<'_>) -> Result<(), Error> {
        let mut queue = VecDeque::from([made]);
        while let Some(pending) = queue.pop_front() {
            if pending.path.0.len() > DEPTH_MAX {
                return Err(Corrupt::TooDeep.into());
            }
            match pending.content {
                Value::Object(map) => write_map(base, self, &mut queue, &pending, map)?,
                Value::Array(items) => write_list(self, &mut queue, &pending, items),
                Value::String(text) => self.append(&pending.object, None, text),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
            let actual = self.list.len() as u64;
            if actual > OPERATIONS_MAX {
                return Err(Error::OverLimit { what: "operations of a change", actual, max: OPERATIONS_MAX });
            }
        }
        Ok(())
    }

    /// Adds letters to a text, behind its last one.
    pub(crate) fn append(&mut self, object: &ObjectId, last: Option<OpId>, text: &str) {
        let mut after = last.map_or(ElementId::Head, ElementId::Id);
        let mut buffer = [0; 4];
        for character in text.chars() {
            let value = ScalarValue::Str((&*character.encode_utf8(&mut buffer)).into());
            let id = self.push(object, Key::Seq(after), true, OpType::Put(value));
            after = ElementId::Id(id);
        }
    }

    /// The change that consists of them, the `sequence`-th of its actor and resting on `deps`, which are sorted. `None`
    /// when there are none.
    pub(crate) fn into_change(
        self,
        context: &WriteContext,
        sequence: u64,
        deps: Vec<automerge::ChangeHash>,
    ) -> Option<Change> {
        let start_op = NonZeroU64::new(self.start).filter(|_| !self.list.is_empty())?;
        Some(Change::from(ExpandedChange {
            operations: self.list,
            actor_id: self.actor,
            hash: None,
            seq: sequence,
            start_op,
            time: context.time_ms,
            message: Some(context.message()),
            deps,
            extra_bytes: Vec::new(),
            author: None,
        }))
    }
}

/// The change that makes an empty document of `base` say `record`. `None` for an empty record.
pub(crate) fn first_change(
    base: &Base,
    context: &WriteContext,
    record: &Value,
) -> Result<Option<Change>, Error> {
    let Value::Object(_) = record else { return Err(Error::NotAnObject) };
    let mut operations = Operations::new(context.actor, base.operations() + 1);
    operations.fill(base, Pending { object: ObjectId::Root, path: Path::default(), content: record })?;
    Ok(operations.into_change(context, 1, base.heads()))
}

fn write_map<'a>(
    base: &Base,
    ops: &mut Operations,
    queue: &mut VecDeque<Pending<'a>>,
    pending: &Pending<'a>,
    map: &'a Map<String, Value>,
) -> Result<(), Error> {
    let mut entries: Vec<_> = map.iter().filter(|(_, value)| !value.is_null()).collect();
    entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
    for (name, content) in entries {
        let key = || Key::Map(name.as_str().into());
        let kind = match content {
            Value::Object(_) => ObjType::Map,
            Value::Array(_) => ObjType::List,
            Value::String(_) if base.is_text_at(&pending.path, name) => ObjType::Text,
            leaf if pending.path.0.is_empty() && !base.may_hold(&pending.path.child(name), leaf) => {
                return Err(Error::NoSuchPlace);
            }
            leaf => {
                ops.push(&pending.object, key(), false, OpType::Put(scalar(leaf)));
                continue;
            }
        };
        let path = pending.path.child(name);
        if !base.may_hold(&path, content) {
            return Err(Error::NoSuchPlace);
        }
        let object = match base.object(&path) {
            Some(counter) => OpId::new(counter, base.document.get_actor()),
            None => ops.push(&pending.object, key(), false, OpType::Make(kind)),
        };
        queue.push_back(Pending { object: ObjectId::Id(object), path, content });
    }
    Ok(())
}

fn write_list<'a>(
    ops: &mut Operations,
    queue: &mut VecDeque<Pending<'a>>,
    pending: &Pending<'a>,
    items: &'a [Value],
) {
    let mut after = ElementId::Head;
    for content in items {
        let kind = match content {
            Value::Object(_) => Some(ObjType::Map),
            Value::Array(_) => Some(ObjType::List),
            _ => None,
        };
        let action = kind.map_or_else(|| OpType::Put(scalar(content)), OpType::Make);
        let id = ops.push(&pending.object, Key::Seq(after), true, action);
        if kind.is_some() {
            let path = pending.path.child("*");
            queue.push_back(Pending { object: ObjectId::Id(id.clone()), path, content });
        }
        after = ElementId::Id(id);
    }
}
