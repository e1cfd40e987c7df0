//! The operations of a change, one after the other, out of its columns.

use super::rows::{Booleans, Deltas, Rows, string, unsigned};
use super::{Chunk, Columns};
use crate::cursor::Cursor;
use crate::limits::{OPERATION_COUNTER_MAX, OPERATIONS_MAX};

/// Which operation: the number of its actor among those of the change that names it, and its counter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpId {
    pub(crate) actor: u64,
    pub(crate) counter: u64,
}

pub(crate) struct Operation<'a> {
    /// The object it is in; `None` is the root.
    pub(crate) object: Option<OpId>,
    pub(crate) key: Key<'a>,
    pub(crate) insert: bool,
    pub(crate) action: Action,
    pub(crate) value: Scalar<'a>,
    /// How many operations it follows, and the last of them.
    pub(crate) predecessors: u64,
    pub(crate) predecessor: Option<OpId>,
}

#[derive(Clone, Copy)]
pub(crate) enum Key<'a> {
    Map(&'a str),
    /// An element of a list or text; `None` is the head.
    Element(Option<OpId>),
}

#[derive(Clone, Copy)]
pub(crate) enum Action {
    MakeMap,
    Put,
    MakeList,
    Delete,
    MakeText,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Scalar<'a> {
    Null,
    Boolean(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'a str),
    Bytes,
}

impl<'a> Chunk<'a> {
    /// Hands out the operations in order and answers how many they are. `None` when one is unusual or not
    /// well-formed, or when `visit` says so.
    #[inline]
    pub(crate) fn operations(self, mut visit: impl FnMut(Operation<'a>) -> Option<()>) -> Option<u64> {
        let actors = self.actors;
        let mut columns = Reader::of(self.columns)?;
        let mut rows = 0_u64;
        let mut preds = 0_u64;
        while !columns.action.is_done() {
            rows += 1;
            let action = action(columns.action.next(unsigned)??).filter(|_| rows <= OPERATIONS_MAX)?;
            let object = columns.object(actors)?;
            let key = columns.key(actors)?;
            let insert = columns.insert.next()?;
            let value = value(columns.meta.next(unsigned)??, &mut columns.values)?;
            let predecessors = columns.pred_count.next(unsigned)??;
            preds = preds.checked_add(predecessors).filter(|preds| *preds <= OPERATIONS_MAX)?;
            let mut predecessor = None;
            for _ in 0..predecessors {
                let actor = columns.pred_actor.next(unsigned)??;
                let counter = columns.pred_counter.next()??;
                (actor < actors).then_some(())?;
                predecessor = Some(OpId { actor, counter });
            }
            visit(Operation { object, key, insert, action, value, predecessors, predecessor })?;
        }
        (rows > 0 && columns.is_done()).then_some(rows)
    }
}

/// The columns, each at the row that comes next.
struct Reader<'a> {
    object_actor: Rows<'a, u64>,
    object_counter: Rows<'a, u64>,
    key_actor: Rows<'a, u64>,
    key_counter: Deltas<'a>,
    key_text: Rows<'a, &'a str>,
    insert: Booleans<'a>,
    action: Rows<'a, u64>,
    meta: Rows<'a, u64>,
    values: Cursor<'a>,
    pred_count: Rows<'a, u64>,
    pred_actor: Rows<'a, u64>,
    pred_counter: Deltas<'a>,
}

impl<'a> Reader<'a> {
    fn of(columns: Columns<'a>) -> Option<Self> {
        let [
            object_actor,
            object_counter,
            key_actor,
            key_counter,
            key_text,
            insert,
            action,
            meta,
            values,
            pred_count,
            pred_actor,
            pred_counter,
        ] = columns.0;
        Some(Self {
            object_actor: Rows::of(object_actor),
            object_counter: Rows::of(object_counter),
            key_actor: Rows::of(key_actor),
            key_counter: Deltas::of(key_counter),
            key_text: Rows::of(key_text),
            insert: Booleans::of(insert)?,
            action: Rows::of(action),
            meta: Rows::of(meta),
            values,
            pred_count: Rows::of(pred_count),
            pred_actor: Rows::of(pred_actor),
            pred_counter: Deltas::of(pred_counter),
        })
    }

    /// The root, or an operation's id.
    #[inline]
    fn object(&mut self, actors: u64) -> Option<Option<OpId>> {
        match (self.object_actor.next_or_null(unsigned)?, self.object_counter.next_or_null(unsigned)?) {
            (None, None) => Some(None),
            (Some(actor), Some(counter)) => {
                let known = actor < actors && (1..=OPERATION_COUNTER_MAX).contains(&counter);
                known.then_some(Some(OpId { actor, counter }))
            }
            _ => None,
        }
    }

    /// A key of a map, the head of a list, or the element of a list it stands behind.
    #[inline]
    fn key(&mut self, actors: u64) -> Option<Key<'a>> {
        let actor = self.key_actor.next_or_null(unsigned)?;
        let counter = self.key_counter.next_or_null()?;
        match (actor, counter, self.key_text.next_or_null(string)?) {
            (None, None, Some(text)) => Some(Key::Map(text)),
            (None, Some(0), None) => Some(Key::Element(None)),
            (Some(actor), Some(counter), None) => {
                (actor < actors).then_some(Key::Element(Some(OpId { actor, counter })))
            }
            _ => None,
        }
    }

    fn is_done(&self) -> bool {
        self.object_actor.is_done()
            && self.object_counter.is_done()
            && self.key_actor.is_done()
            && self.key_counter.is_done()
            && self.key_text.is_done()
            && self.insert.is_done()
            && self.meta.is_done()
            && self.values.is_empty()
            && self.pred_count.is_done()
            && self.pred_actor.is_done()
            && self.pred_counter.is_done()
    }
}

fn action(number: u64) -> Option<Action> {
    Some(match number {
        0 => Action::MakeMap,
        1 => Action::Put,
        2 => Action::MakeList,
        3 => Action::Delete,
        4 => Action::MakeText,
        _ => return None,
    })
}

/// A value of which `meta` tells type and length.
#[inline]
fn value<'a>(meta: u64, values: &mut Cursor<'a>) -> Option<Scalar<'a>> {
    let mut content = Cursor(values.take(meta >> 4).ok()?);
    let value = match meta & 15 {
        0 => Scalar::Null,
        1 => Scalar::Boolean(false),
        2 => Scalar::Boolean(true),
        3 => Scalar::Unsigned(content.canonical_unsigned()?),
        4 => Scalar::Signed(content.canonical_signed()?),
        5 => return Some(Scalar::Float(f64::from_le_bytes(content.0.try_into().ok()?))),
        6 => return std::str::from_utf8(content.0).ok().map(Scalar::Text),
        7 => return Some(Scalar::Bytes),
        _ => return None,
    };
    content.is_empty().then_some(value)
}
