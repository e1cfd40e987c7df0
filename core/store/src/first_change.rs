//! What a document's first change says, read without opening the document.
//!
//! Ten thousand new patients are ten thousand first changes, and opening a document for each costs
//! several times what the rest of the projection does. A first change competes with nothing: its
//! operations, in order, are the record. Whatever is not of that plain kind answers `None` and goes
//! the long way through `posto_documents`, which also judges what is corrupt.

mod columns;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use posto_documents::base_changes;
use posto_domain::Kind;
use posto_sync::header::ChangeHeader;
use serde_json::{Map, Value};

use columns::{Action, Operation, Operations};

/// The actor of base changes.
const BASE_ACTOR: [u8; 16] = [0; 16];

/// The record that a first change makes; empty containers are left out. `None` when the change is
/// not the first of a document or does anything but put values into new objects.
pub(crate) fn record(kind: Kind, bytes: &[u8]) -> Option<Value> {
    let header = ChangeHeader::parse(bytes).ok()?;
    let bases = base_changes(kind).ok()?;
    let first =
        header.seq == 1 && header.deps.iter().all(|dep| bases.iter().any(|base| base.hash.0 == dep.0));
    if !first || header.actor == BASE_ACTOR {
        return None;
    }
    let mut tree = BASES.get(&kind.code())?.clone();
    tree.start = header.start_op;
    tree.own = Vec::new();
    let operations = Operations::parse(bytes.get(header.rest)?)?;
    // Base objects are named by their actor, which is the only other one.
    if operations.other_actors.iter().any(|actor| *actor != BASE_ACTOR) {
        return None;
    }
    for operation in operations.list {
        tree.apply(operation)?;
    }
    Some(tree.into_value())
}

static BASES: LazyLock<BTreeMap<u16, Tree>> =
    LazyLock::new(|| Kind::all().filter_map(|kind| Some((kind.code(), Tree::of_base(kind)?))).collect());

/// Objects and what they hold so far. Node 0 is the root.
#[derive(Debug, Clone)]
struct Tree {
    nodes: Vec<Node>,
    /// Nodes of base objects by their operation's counter.
    base: BTreeMap<u64, usize>,
    /// Node of each of this change's operations that made an object.
    own: Vec<Option<usize>>,
    start: u64,
}

#[derive(Debug, Clone)]
struct Node {
    parent: usize,
    key: String,
    /// Made by the base: left out while it is empty.
    is_base: bool,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Map(Map<String, Value>),
    /// The elements, and the counter of the last one: the next must stand behind it.
    List(Vec<Value>, u64),
    Text(String, u64),
}

/// Which operation made an object or element: `None` is the root, or the head of a list.
pub(super) type Name = Option<(Maker, u64)>;

/// Whose counter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    ThisChange,
    Base,
}

impl Tree {
    fn of_base(kind: Kind) -> Option<Self> {
        let root = Node { parent: 0, key: String::new(), is_base: true, content: Content::Map(Map::new()) };
        let mut tree = Self { nodes: vec![root], base: BTreeMap::new(), own: Vec::new(), start: 1 };
        for change in base_changes(kind).ok()? {
            let header = ChangeHeader::parse(&change.bytes).ok()?;
            (tree.start, tree.own) = (header.start_op, Vec::new());
            for operation in Operations::parse(change.bytes.get(header.rest)?)?.list {
                tree.apply(operation)?;
            }
            let made = tree.own.iter().enumerate();
            let made: Vec<(u64, usize)> =
                made.filter_map(|(at, node)| Some((tree.start + at as u64, (*node)?))).collect();
            tree.base.extend(made);
        }
        tree.nodes.iter_mut().for_each(|node| node.is_base = true);
        Some(tree)
    }

    fn node_of(&self, name: Name) -> Option<usize> {
        match name {
            None => Some(0),
            // In a base change its own objects are named as this change's.
            Some((Maker::ThisChange, counter)) => {
                let own = counter.checked_sub(self.start).and_then(|at| *self.own.get(at as usize)?);
                own.or_else(|| self.base.get(&counter).copied().filter(|_| counter < self.start))
            }
            Some((Maker::Base, counter)) => self.base.get(&counter).copied(),
        }
    }

    fn apply(&mut self, operation: Operation) -> Option<()> {
        let counter = self.start + self.own.len() as u64;
        let parent = self.node_of(operation.object)?;
        let next = self.nodes.len();
        let (value, made) = match operation.action {
            Action::Put(value) => (value, None),
            Action::Make(content) => (Value::Null, Some(content)),
        };
        let key = match (&mut self.nodes.get_mut(parent)?.content, operation.key) {
            (Content::Map(map), columns::Key::Map(key)) if !operation.insert => {
                // A second value for one key would follow the first, which is not plain.
                if map.insert(key.clone(), value).is_some() {
                    return None;
                }
                key
            }
            (Content::List(items, last), columns::Key::Element(after)) if operation.insert => {
                follows(after, *last)?;
                *last = counter;
                items.push(value);
                (items.len() - 1).to_string()
            }
            (Content::Text(text, last), columns::Key::Element(after)) if operation.insert => {
                follows(after, *last)?;
                *last = counter;
                text.push_str(value.as_str()?);
                String::new()
            }
            _ => return None,
        };
        self.own.push(made.is_some().then_some(next));
        if let Some(content) = made {
            self.nodes.push(Node { parent, key, is_base: false, content });
        }
        Some(())
    }

    /// Folds the objects into one value, children first: each comes after the one that holds it.
    fn into_value(mut self) -> Value {
        while self.nodes.len() > 1 {
            let Some(node) = self.nodes.pop() else { break };
            let (empty, value) = match node.content {
                Content::Map(map) => (map.is_empty(), Value::Object(map)),
                Content::List(items, _) => (items.is_empty(), Value::Array(items)),
                Content::Text(text, _) => (text.is_empty(), Value::String(text)),
            };
            match self.nodes.get_mut(node.parent).map(|parent| &mut parent.content) {
                Some(Content::Map(map)) if node.is_base && empty => {
                    map.remove(&node.key);
                }
                Some(Content::Map(map)) => {
                    map.insert(node.key, value);
                }
                Some(Content::List(items, _)) => {
                    if let Some(slot) = node.key.parse().ok().and_then(|at: usize| items.get_mut(at)) {
                        *slot = value;
                    }
                }
                Some(Content::Text(..)) | None => {}
            }
        }
        match self.nodes.pop().map(|root| root.content) {
            Some(Content::Map(map)) => Value::Object(map),
            _ => Value::Null,
        }
    }
}

/// An element follows the last one of this change, or the head.
fn follows(after: Name, last: u64) -> Option<()> {
    match after {
        None => (last == 0).then_some(()),
        Some((Maker::ThisChange, counter)) => (counter == last).then_some(()),
        Some((Maker::Base, _)) => None,
    }
}

#[cfg(test)]
mod tests;
