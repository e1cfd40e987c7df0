//! The check of a change's operations without building them.
//!
//! Automerge decodes operations one by one into owned values, which costs 20 µs of a first change and was a
//! quarter of all that a server does for it. Almost every change consists of the same few columns in their
//! plain form; those are walked here in place. Whatever is unusual, however little, is not judged here but by
//! Automerge itself: this check may say "I don't know", never yes where Automerge says no. Chunk format:
//! <https://automerge.org/automerge-binary-format-spec/#_operation_columns>.

use crate::cursor::Cursor;
use crate::limits::{OPERATION_COUNTER_MAX, OPERATIONS_MAX};
use crate::scan;

/// The columns of ordinary operations, by their specification (id × 16 + type), ascending.
const COLUMNS: [u64; 12] = [0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73];
const HASH_BYTES: u64 = 32;
/// The highest ordinary action: make map, set, make list, delete, make text.
const ACTION_MAX: u64 = 4;

/// Whether the operations of this chunk are ordinary and well-formed. The chunk's checksum is not looked at.
pub(crate) fn is_sound(bytes: &[u8]) -> bool {
    check(bytes).is_some()
}

fn check(bytes: &[u8]) -> Option<()> {
    let mut cursor = scan::open(bytes).ok()?;
    let dependencies = cursor.canonical_unsigned()?;
    cursor.skip(dependencies.checked_mul(HASH_BYTES)?).ok()?;
    cursor.canonical_prefixed()?; // actor
    cursor.canonical_unsigned()?; // sequence
    let start = cursor.canonical_unsigned()?;
    if start == 0 || start > OPERATION_COUNTER_MAX {
        return None;
    }
    cursor.canonical_signed()?; // time
    std::str::from_utf8(cursor.canonical_prefixed()?).ok()?; // message
    let others = cursor.canonical_unsigned()?;
    for _ in 0..others {
        cursor.canonical_prefixed()?;
    }
    let columns = Columns::read(&mut cursor)?;
    cursor.is_empty().then_some(())?;
    Operations { columns, actors: others + 1 }.check()
}

/// Contents by position in [`COLUMNS`]; empty where a change has none.
struct Columns<'a>([Cursor<'a>; COLUMNS.len()]);

impl<'a> Columns<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut columns = Self(Default::default());
        let mut lengths = [0_u64; COLUMNS.len()];
        let mut next = 0;
        for _ in 0..cursor.canonical_unsigned()? {
            let specification = cursor.canonical_unsigned()?;
            let length = cursor.canonical_unsigned()?;
            // Automerge leaves empty columns out; what it would make of one is its own affair.
            // The order is fixed and no column comes twice.
            let place = next + COLUMNS[next..].iter().position(|known| *known == specification)?;
            *lengths.get_mut(place).filter(|_| length > 0)? = length;
            next = place + 1;
        }
        for (column, length) in columns.0.iter_mut().zip(lengths) {
            *column = Cursor(cursor.take(length).ok()?);
        }
        Some(columns)
    }
}

struct Operations<'a> {
    columns: Columns<'a>,
    actors: u64,
}

impl<'a> Operations<'a> {
    fn check(self) -> Option<()> {
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
        ] = self.columns.0;
        let mut object = Id { actor: Rows::of(object_actor), counter: Rows::of(object_counter) };
        let mut key_actor = Rows::of(key_actor);
        let mut key_counter = Deltas { rows: Rows::of(key_counter), value: 0 };
        let mut key_text = Rows::of(key_text);
        let (mut action, mut meta, mut pred_count) = (Rows::of(action), Rows::of(meta), Rows::of(pred_count));
        let mut pred_actor = Rows::of(pred_actor);
        let mut pred_counter = Deltas { rows: Rows::of(pred_counter), value: 0 };
        let mut values = values;
        let mut rows = 0_u64;
        let mut preds = 0_u64;
        while !action.is_done() {
            rows += 1;
            (rows <= OPERATIONS_MAX && action.next(unsigned)?? <= ACTION_MAX).then_some(())?;
            object.check(self.actors)?;
            key(&mut key_actor, &mut key_counter, &mut key_text, self.actors)?;
            value(meta.next(unsigned)??, &mut values)?;
            let count = pred_count.next(unsigned)??;
            preds = preds.checked_add(count).filter(|preds| *preds <= OPERATIONS_MAX)?;
            for _ in 0..count {
                (pred_actor.next(unsigned)?? < self.actors).then_some(())?;
                pred_counter.next()??;
            }
        }
        let done = object.actor.is_done()
            && object.counter.is_done()
            && key_actor.is_done()
            && key_counter.rows.is_done()
            && key_text.is_done()
            && meta.is_done()
            && values.is_empty()
            && pred_count.is_done()
            && pred_actor.is_done()
            && pred_counter.rows.is_done();
        (rows > 0 && done && boolean_rows(insert)? == rows).then_some(())
    }
}

/// The object an operation is in: the root, or an operation's id.
struct Id<'a> {
    actor: Rows<'a, u64>,
    counter: Rows<'a, u64>,
}

impl Id<'_> {
    fn check(&mut self, actors: u64) -> Option<()> {
        match (self.actor.next_or_null(unsigned)?, self.counter.next_or_null(unsigned)?) {
            (None, None) => Some(()),
            (Some(actor), Some(counter)) => {
                (actor < actors && (1..=OPERATION_COUNTER_MAX).contains(&counter)).then_some(())
            }
            _ => None,
        }
    }
}

/// A key of a map, the head of a list, or the element of a list it stands behind.
fn key<'a>(
    actor: &mut Rows<'a, u64>,
    counter: &mut Deltas<'a>,
    text: &mut Rows<'a, &'a str>,
    actors: u64,
) -> Option<()> {
    let actor = actor.next_or_null(unsigned)?;
    let counter = counter.next_or_null()?;
    match (actor, counter, text.next_or_null(string)?) {
        (None, None, Some(_)) | (None, Some(0), None) => Some(()),
        (Some(actor), Some(_), None) => (actor < actors).then_some(()),
        _ => None,
    }
}

/// A value of which `meta` tells type and length.
fn value(meta: u64, values: &mut Cursor<'_>) -> Option<()> {
    let mut content = Cursor(values.take(meta >> 4).ok()?);
    match meta & 15 {
        0..=2 => {} // null, false, true
        3 => {
            content.canonical_unsigned()?;
        }
        4 => {
            content.canonical_signed()?;
        }
        5 if content.0.len() == 8 => return Some(()),
        6 => return std::str::from_utf8(content.0).ok().map(|_| ()),
        7 => return Some(()),
        _ => return None,
    }
    content.is_empty().then_some(())
}

/// Rows of a boolean column: lengths of runs, the first one (false) possibly empty.
fn boolean_rows(mut column: Cursor<'_>) -> Option<u64> {
    let mut rows = column.canonical_unsigned()?;
    while !column.is_empty() {
        let run = column.canonical_unsigned().filter(|run| *run > 0)?;
        rows = rows.checked_add(run)?;
    }
    Some(rows)
}

fn unsigned(cursor: &mut Cursor<'_>) -> Option<u64> {
    cursor.canonical_unsigned()
}

fn signed(cursor: &mut Cursor<'_>) -> Option<i64> {
    cursor.canonical_signed()
}

fn string<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    std::str::from_utf8(cursor.canonical_prefixed()?).ok()
}

/// A run-length column, row by row. The outer `None` of an answer is "unusual", the inner one a null.
struct Rows<'a, V> {
    column: Cursor<'a>,
    absent: bool,
    left: u64,
    run: Run<V>,
}

#[derive(Clone, Copy)]
enum Run<V> {
    Null,
    Same(V),
    Literal,
}

impl<'a, V: Copy> Rows<'a, V> {
    fn of(column: Cursor<'a>) -> Self {
        Self { absent: column.is_empty(), column, left: 0, run: Run::Null }
    }

    fn is_done(&self) -> bool {
        self.left == 0 && self.column.is_empty()
    }

    #[inline]
    fn next(&mut self, read: impl Fn(&mut Cursor<'a>) -> Option<V>) -> Option<Option<V>> {
        if self.left == 0 {
            let length = self.column.canonical_signed()?;
            (self.left, self.run) = match length {
                0 => (self.column.canonical_unsigned().filter(|length| *length > 0)?, Run::Null),
                1.. => (length.unsigned_abs(), Run::Same(read(&mut self.column)?)),
                _ => (length.unsigned_abs(), Run::Literal),
            };
        }
        self.left -= 1;
        match self.run {
            Run::Null => Some(None),
            Run::Same(value) => Some(Some(value)),
            Run::Literal => read(&mut self.column).map(Some),
        }
    }

    /// The same where a change may do without the column: all rows are null then.
    #[inline]
    fn next_or_null(&mut self, read: impl Fn(&mut Cursor<'a>) -> Option<V>) -> Option<Option<V>> {
        if self.absent { Some(None) } else { self.next(read) }
    }
}

/// A column of differences to the row before; the values are operation counters.
struct Deltas<'a> {
    rows: Rows<'a, i64>,
    value: i64,
}

impl Deltas<'_> {
    fn next(&mut self) -> Option<Option<u64>> {
        let row = self.rows.next(signed)?;
        self.sum(row)
    }

    fn next_or_null(&mut self) -> Option<Option<u64>> {
        let row = self.rows.next_or_null(signed)?;
        self.sum(row)
    }

    fn sum(&mut self, row: Option<i64>) -> Option<Option<u64>> {
        let Some(delta) = row else { return Some(None) };
        self.value = self.value.checked_add(delta)?;
        u64::try_from(self.value).ok().filter(|value| *value <= OPERATION_COUNTER_MAX).map(Some)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use posto_domain::Kind;

    use super::is_sound;
    use crate::base_changes;

    #[test]
    fn what_automerge_writes_is_ordinary() {
        for kind in [Kind::Patient, Kind::Consent, Kind::Chart, Kind::Attachment] {
            assert!(base_changes(kind).unwrap().iter().all(|change| is_sound(&change.bytes)), "{kind:?}");
        }
    }

    #[test]
    fn a_byte_more_or_less_is_not() {
        let change = base_changes(Kind::Patient).unwrap().first().unwrap();
        assert!(!is_sound(&change.bytes[..change.bytes.len() - 1]));
        assert!(!is_sound(&[change.bytes.as_slice(), &[0]].concat()));
    }
}
