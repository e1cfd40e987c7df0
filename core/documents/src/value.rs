//! A document's content as JSON: one pass over the operations, keys in byte order.

use std::collections::HashMap;
use std::sync::Arc;

use automerge::iter::{DocItem, DocIter, DocObjItem};
use automerge::{ObjId, ObjType, ScalarValue, ScalarValueRef, ValueRef};
use serde_json::{Map, Number, Value};

use crate::base::Base;
use crate::error::Corrupt;
use crate::{Error, Path};

/// Deeper than any record; JSON beyond it would exhaust the stack of whoever drops it.
pub(crate) const DEPTH_MAX: usize = 48;

/// An object on its way to becoming JSON.
struct Node {
    parent: usize,
    /// Its key in the parent, or its index in a list.
    key: String,
    depth: usize,
    content: Content,
}

enum Content {
    Map(Map<String, Value>),
    List(Vec<Value>),
    Text(String),
}

impl Content {
    fn of(kind: ObjType) -> Self {
        match kind {
            ObjType::Map | ObjType::Table => Self::Map(Map::new()),
            ObjType::List => Self::List(Vec::new()),
            ObjType::Text => Self::Text(String::new()),
        }
    }
}

/// Builds the tree out of the flat walk: an object always comes after the one that holds it.
pub(crate) struct Tree {
    nodes: Vec<Node>,
    index: HashMap<ObjId, usize>,
}

impl Tree {
    /// Walks all below `root`; `visit` sees every entry with the index of its object.
    pub(crate) fn walk<'a>(
        root: ObjId,
        kind: ObjType,
        items: DocIter<'a>,
        mut visit: impl FnMut(&Self, usize, &ObjId, &DocItem<'a>),
    ) -> Result<Self, Error> {
        let node = Node { parent: 0, key: String::new(), depth: 0, content: Content::of(kind) };
        let mut tree = Self { nodes: vec![node], index: HashMap::from([(root.clone(), 0)]) };
        let mut at = 0;
        let mut current = Arc::new(root);
        for DocObjItem { obj, item } in items {
            if !Arc::ptr_eq(&obj, &current) {
                at = *tree.index.get(obj.as_ref()).ok_or(Corrupt::Unreadable)?;
                current = obj;
            }
            visit(&tree, at, &current, &item);
            tree.take(at, item)?;
        }
        Ok(tree)
    }

    fn take(&mut self, at: usize, item: DocItem<'_>) -> Result<(), Error> {
        let id = match item.value() {
            Some(ValueRef::Object(_)) => item.id(),
            _ => None,
        };
        match item {
            DocItem::Map(entry) => {
                let key = entry.key.into_owned();
                let value = self.value(at, &key, entry.value, id)?;
                if let Some(Node { content: Content::Map(map), .. }) = self.nodes.get_mut(at) {
                    map.insert(key, value);
                }
            }
            DocItem::List(entry) => {
                let index = match self.nodes.get(at) {
                    Some(Node { content: Content::List(list), .. }) => list.len(),
                    _ => 0,
                };
                let value = self.value(at, &index.to_string(), entry.value, id)?;
                if let Some(Node { content: Content::List(list), .. }) = self.nodes.get_mut(at) {
                    list.push(value);
                }
            }
            DocItem::Text(span) => {
                if let Some(Node { content: Content::Text(text), .. }) = self.nodes.get_mut(at) {
                    text.push_str(span.as_str());
                }
            }
        }
        Ok(())
    }

    /// A scalar as it is; an object as a placeholder that keeps its place among the keys.
    fn value(
        &mut self,
        parent: usize,
        key: &str,
        value: ValueRef<'_>,
        id: Option<ObjId>,
    ) -> Result<Value, Error> {
        match (value, id) {
            (ValueRef::Scalar(scalar), _) => Ok(json(&scalar)),
            (ValueRef::Object(kind), Some(id)) => {
                let depth = self.nodes.get(parent).map_or(0, |node| node.depth) + 1;
                if depth > DEPTH_MAX {
                    return Err(Corrupt::TooDeep.into());
                }
                self.index.insert(id, self.nodes.len());
                let content = Content::of(kind);
                self.nodes.push(Node { parent, key: key.to_owned(), depth, content });
                Ok(Value::Null)
            }
            (ValueRef::Object(_), None) => Err(Corrupt::Unreadable.into()),
        }
    }

    /// The place of an object of the walk.
    pub(crate) fn path(&self, mut at: usize) -> Path {
        let mut keys = Vec::new();
        while let Some(node) = self.nodes.get(at).filter(|_| at > 0) {
            keys.push(node.key.clone());
            at = node.parent;
        }
        keys.reverse();
        Path(keys)
    }

    /// Folds the objects into one JSON value, children first.
    pub(crate) fn into_json(mut self, base: &Base) -> Value {
        while self.nodes.len() > 1 {
            let at = self.nodes.len() - 1;
            let hidden = match self.nodes.get(at) {
                Some(Node { content: Content::Text(text), depth, .. }) => {
                    text.is_empty() && *depth <= 2 && base.is_base_text(&self.path(at))
                }
                _ => false,
            };
            let Some(node) = self.nodes.pop() else { break };
            let value = match node.content {
                Content::Map(map) => Value::Object(map),
                Content::List(list) => Value::Array(list),
                Content::Text(text) => Value::String(text),
            };
            match self.nodes.get_mut(node.parent).map(|parent| &mut parent.content) {
                Some(Content::Map(map)) if hidden => {
                    map.shift_remove(&node.key);
                }
                Some(Content::Map(map)) => {
                    map.insert(node.key, value);
                }
                Some(Content::List(list)) => {
                    let slot = node.key.parse::<usize>().ok().and_then(|index| list.get_mut(index));
                    if let Some(slot) = slot {
                        *slot = value;
                    }
                }
                Some(Content::Text(_)) | None => {}
            }
        }
        match self.nodes.pop().map(|root| root.content) {
            Some(Content::Map(map)) => Value::Object(map),
            Some(Content::List(list)) => Value::Array(list),
            Some(Content::Text(text)) => Value::String(text),
            None => Value::Object(Map::new()),
        }
    }
}

/// A scalar as JSON. Types that Posto never writes come out as text or null, so that a document
/// that holds them can still be read.
pub(crate) fn json(scalar: &ScalarValueRef<'_>) -> Value {
    match scalar {
        ScalarValueRef::Str(text) => Value::String(text.as_ref().to_owned()),
        ScalarValueRef::Int(int) | ScalarValueRef::Counter(int) | ScalarValueRef::Timestamp(int) => {
            Value::Number((*int).into())
        }
        ScalarValueRef::Uint(uint) => Value::Number((*uint).into()),
        ScalarValueRef::F64(float) => Number::from_f64(*float).map_or(Value::Null, Value::Number),
        ScalarValueRef::Boolean(flag) => Value::Bool(*flag),
        ScalarValueRef::Bytes(bytes) => Value::String(hex::encode(bytes)),
        ScalarValueRef::Unknown { .. } | ScalarValueRef::Null => Value::Null,
    }
}

/// As [`json`], for the form in which automerge hands out single values.
pub(crate) fn stored_json(scalar: &ScalarValue) -> Value {
    match scalar {
        ScalarValue::Str(text) => Value::String(text.to_string()),
        ScalarValue::Int(int) | ScalarValue::Timestamp(int) => Value::Number((*int).into()),
        ScalarValue::Counter(counter) => Value::Number(i64::from(counter).into()),
        ScalarValue::Uint(uint) => Value::Number((*uint).into()),
        ScalarValue::F64(float) => Number::from_f64(*float).map_or(Value::Null, Value::Number),
        ScalarValue::Boolean(flag) => Value::Bool(*flag),
        ScalarValue::Bytes(bytes) => Value::String(hex::encode(bytes)),
        ScalarValue::Unknown { .. } | ScalarValue::Null => Value::Null,
    }
}
