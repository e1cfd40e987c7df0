//! The operations of an Automerge change chunk, out of its columns
//! (<https://automerge.org/automerge-binary-format-spec/>, "Change chunks").

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::{Content, Maker, Name};

/// Longer changes go the long way: no claim of a length costs more than this.
const OPERATIONS_MAX: usize = 1 << 16;

/// What is left of a change behind its header.
pub(super) struct Operations {
    /// Actors other than the change's own.
    pub(super) other_actors: Vec<Vec<u8>>,
    pub(super) list: Vec<Operation>,
}

pub(super) struct Operation {
    pub(super) object: Name,
    pub(super) key: Key,
    pub(super) insert: bool,
    pub(super) action: Action,
}

pub(super) enum Key {
    Map(String),
    /// Behind this element.
    Element(Name),
}

pub(super) enum Action {
    Put(Value),
    Make(Content),
}

/// Column specifications: id, deflate bit, type.
mod column {
    pub(super) const OBJECT_ACTOR: u64 = 1;
    pub(super) const OBJECT_COUNTER: u64 = 2;
    pub(super) const KEY_ACTOR: u64 = 17;
    pub(super) const KEY_COUNTER: u64 = 19;
    pub(super) const KEY_TEXT: u64 = 21;
    pub(super) const INSERT: u64 = 52;
    pub(super) const ACTION: u64 = 66;
    pub(super) const VALUE_META: u64 = 86;
    pub(super) const VALUE: u64 = 87;
    pub(super) const PREDECESSORS: u64 = 112;
    pub(super) const EXPAND: u64 = 148;
}

impl Operations {
    pub(super) fn parse(rest: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(rest);
        let mut other_actors = Vec::new();
        for _ in 0..cursor.count()? {
            other_actors.push(cursor.prefixed()?.to_vec());
        }
        let columns = Columns::parse(&mut cursor)?;
        let actions: Vec<u64> =
            run_length(columns.of(column::ACTION), Cursor::unsigned)?.into_iter().collect::<Option<_>>()?;
        // What follows an earlier value is not a first change's.
        let follows = run_length(columns.of(column::PREDECESSORS), Cursor::unsigned)?;
        let expands = booleans(columns.of(column::EXPAND))?;
        if follows.iter().flatten().any(|count| *count > 0) || expands.contains(&true) {
            return None;
        }
        let objects = names(
            columns.of(column::OBJECT_ACTOR),
            run_length(columns.of(column::OBJECT_COUNTER), Cursor::unsigned)?,
        )?;
        let elements = names(columns.of(column::KEY_ACTOR), deltas(columns.of(column::KEY_COUNTER))?)?;
        let mut keys = run_length(columns.of(column::KEY_TEXT), Cursor::text)?.into_iter();
        let inserts = booleans(columns.of(column::INSERT))?;
        let mut values = Values {
            meta: run_length(columns.of(column::VALUE_META), Cursor::unsigned)?.into_iter(),
            raw: Cursor(columns.of(column::VALUE)),
        };
        let mut list = Vec::with_capacity(actions.len());
        for (at, action) in actions.into_iter().enumerate() {
            let value = values.next()?;
            let key = match keys.next().flatten() {
                Some(key) => Key::Map(key),
                None => Key::Element(elements.get(at).copied().flatten()),
            };
            let action = match action {
                0 => Action::Make(Content::Map(serde_json::Map::new())),
                1 => Action::Put(value),
                2 => Action::Make(Content::List(Vec::new(), 0)),
                4 => Action::Make(Content::Text(String::new(), 0)),
                _ => return None,
            };
            let object = objects.get(at).copied().flatten();
            list.push(Operation { object, key, insert: inserts.get(at).copied().unwrap_or(false), action });
        }
        Some(Self { other_actors, list })
    }
}

struct Columns<'a>(BTreeMap<u64, &'a [u8]>);

impl<'a> Columns<'a> {
    fn parse(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut lengths = Vec::new();
        for _ in 0..cursor.count()? {
            lengths.push((cursor.unsigned()?, cursor.unsigned()?));
        }
        let mut columns = BTreeMap::new();
        for (specification, length) in lengths {
            let data = cursor.take(length)?;
            let known = matches!(
                specification,
                column::OBJECT_ACTOR
                    | column::OBJECT_COUNTER
                    | column::KEY_ACTOR
                    | column::KEY_COUNTER
                    | column::KEY_TEXT
                    | column::INSERT
                    | column::ACTION
                    | column::VALUE_META
                    | column::VALUE
                    | column::PREDECESSORS
                    | column::EXPAND
            );
            // Compressed, newer, or marks: not plain.
            if !known {
                return None;
            }
            columns.insert(specification, data);
        }
        Some(Self(columns))
    }

    fn of(&self, specification: u64) -> &'a [u8] {
        self.0.get(&specification).copied().unwrap_or_default()
    }
}

/// Counters with their actors. Actor 0 is the change's own; the caller checks that 1 is the base.
fn names(actors: &[u8], counters: Vec<Option<u64>>) -> Option<Vec<Name>> {
    let actors = run_length(actors, Cursor::unsigned)?;
    let mut names = Vec::with_capacity(counters.len());
    for (at, counter) in counters.into_iter().enumerate() {
        names.push(match (actors.get(at).copied().flatten(), counter) {
            (Some(0), Some(counter)) => Some((Maker::ThisChange, counter)),
            (Some(1), Some(counter)) => Some((Maker::Base, counter)),
            (None, None | Some(0)) => None,
            _ => return None,
        });
    }
    Some(names)
}

fn run_length<'a, T: Clone>(
    data: &'a [u8],
    read: impl Fn(&mut Cursor<'a>) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let mut cursor = Cursor(data);
    let mut values = Vec::new();
    while !cursor.0.is_empty() {
        let run = cursor.signed()?;
        let length = match run {
            0 => cursor.unsigned()?,
            _ => run.unsigned_abs(),
        };
        if length > (OPERATIONS_MAX - values.len()) as u64 {
            return None;
        }
        match run {
            0 => values.resize(values.len() + length as usize, None),
            1.. => {
                let value = read(&mut cursor)?;
                values.resize(values.len() + length as usize, Some(value));
            }
            _ => {
                for _ in 0..length {
                    values.push(Some(read(&mut cursor)?));
                }
            }
        }
    }
    Some(values)
}

fn deltas(data: &[u8]) -> Option<Vec<Option<u64>>> {
    let mut sum = 0_i64;
    let mut absolute = |delta: Option<i64>| -> Option<Option<u64>> {
        let Some(delta) = delta else { return Some(None) };
        sum = sum.checked_add(delta)?;
        u64::try_from(sum).ok().map(Some)
    };
    run_length(data, Cursor::signed)?.into_iter().map(&mut absolute).collect()
}

fn booleans(data: &[u8]) -> Option<Vec<bool>> {
    let mut cursor = Cursor(data);
    let (mut values, mut value) = (Vec::new(), false);
    while !cursor.0.is_empty() {
        let length = cursor.unsigned()?;
        if length > (OPERATIONS_MAX - values.len()) as u64 {
            return None;
        }
        values.resize(values.len() + length as usize, value);
        value = !value;
    }
    Some(values)
}

/// Scalars: a column of type and length, and their bytes one after the other.
struct Values<'a> {
    meta: std::vec::IntoIter<Option<u64>>,
    raw: Cursor<'a>,
}

impl Values<'_> {
    fn next(&mut self) -> Option<Value> {
        let meta = self.meta.next().flatten().unwrap_or_default();
        let mut raw = Cursor(self.raw.take(meta >> 4)?);
        Some(match meta & 15 {
            0 => Value::Null,
            1 => Value::Bool(false),
            2 => Value::Bool(true),
            3 => Value::Number(raw.unsigned()?.into()),
            4 => Value::Number(raw.signed()?.into()),
            5 => Value::Number(Number::from_f64(f64::from_le_bytes(raw.0.try_into().ok()?))?),
            6 => Value::String(std::str::from_utf8(raw.0).ok()?.to_owned()),
            // Types that Posto never writes.
            _ => return None,
        })
    }
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = tail;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn prefixed(&mut self) -> Option<&'a [u8]> {
        let length = self.unsigned()?;
        self.take(length)
    }

    fn text(&mut self) -> Option<String> {
        std::str::from_utf8(self.prefixed()?).ok().map(str::to_owned)
    }

    /// A small number of things, each of at least one byte.
    fn count(&mut self) -> Option<u64> {
        self.unsigned().filter(|count| *count <= self.0.len() as u64)
    }

    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            // The tenth byte has room for the sign only.
            if shift == 63 && !matches!(byte, 0 | 0x7f) {
                return None;
            }
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let sign = shift + 7;
                return Some(if byte & 0x40 != 0 && sign < 64 { value | (-1_i64 << sign) } else { value });
            }
        }
        None
    }
}
