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
struct Pending<'a> {
    object: ObjectId,
    path: Path,
    content: &'a Value,
}

struct Operations {
    actor: ActorId,
    start: u64,
    list: Vec<Op>,
}

impl Operations {
    fn id(&self, index: usize) -> OpId {
        OpId::new(self.start + index as u64, &self.actor)
    }

    /// Adds an operation and says which it is.
    fn push(&mut self, object: &ObjectId, key: Key, insert: bool, action: OpType) -> OpId {
        let id = self.id(self.list.len());
        self.list.push(Op { action, obj: object.clone(), key, pred: SortedVec::new(), insert });
        id
    }
}

/// The change that makes an empty document of `base` say `record`. `None` for an empty record.
pub(crate) fn first_change(
    base: &Base,
    context: &WriteContext,
    record: &Value,
) -> Result<Option<Change>, Error> {
    let Value::Object(_) = record else { return Err(Error::NotAnObject) };
    let start = base.operations() + 1;
    let mut ops = Operations { actor: ActorId::from(context.actor), start, list: Vec::new() };
    let mut queue =
        VecDeque::from([Pending { object: ObjectId::Root, path: Path::default(), content: record }]);
    while let Some(pending) = queue.pop_front() {
        if pending.path.0.len() > DEPTH_MAX {
            return Err(Corrupt::TooDeep.into());
        }
        match pending.content {
            Value::Object(map) => write_map(base, &mut ops, &mut queue, &pending, map)?,
            Value::Array(items) => write_list(&mut ops, &mut queue, &pending, items),
            Value::String(text) => write_text(&mut ops, &pending.object, text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        let actual = ops.list.len() as u64;
        if actual > OPERATIONS_MAX {
            return Err(Error::OverLimit { what: "operations of a change", actual, max: OPERATIONS_MAX });
        }
    }
    let Some(start_op) = NonZeroU64::new(start).filter(|_| !ops.list.is_empty()) else { return Ok(None) };
    let change = ExpandedChange {
        operations: ops.list,
        actor_id: ops.actor,
        hash: None,
        seq: 1,
        start_op,
        time: context.time_ms,
        message: Some(context.message()),
        deps: base.heads(),
        extra_bytes: Vec::new(),
        author: None,
    };
    Ok(Some(Change::from(change)))
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

fn write_text(ops: &mut Operations, object: &ObjectId, text: &str) {
    let mut after = ElementId::Head;
    let mut buffer = [0; 4];
    for character in text.chars() {
        let value = ScalarValue::Str((&*character.encode_utf8(&mut buffer)).into());
        let id = ops.push(object, Key::Seq(after), true, OpType::Put(value));
        after = ElementId::Id(id);
    }
}
