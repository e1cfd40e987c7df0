//! The columns of a change, row by row. The outer `None` of an answer is "unusual", the inner one a null.

use crate::cursor::Cursor;
use crate::limits::OPERATION_COUNTER_MAX;

pub(super) fn unsigned(cursor: &mut Cursor<'_>) -> Option<u64> {
    cursor.canonical_unsigned()
}

fn signed(cursor: &mut Cursor<'_>) -> Option<i64> {
    cursor.canonical_signed()
}

pub(super) fn string<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    std::str::from_utf8(cursor.canonical_prefixed()?).ok()
}

/// A run-length column.
pub(super) struct Rows<'a, V> {
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
    pub(super) fn of(column: Cursor<'a>) -> Self {
        Self { absent: column.is_empty(), column, left: 0, run: Run::Null }
    }

    pub(super) fn is_done(&self) -> bool {
        self.left == 0 && self.column.is_empty()
    }

    #[inline]
    pub(super) fn next(&mut self, read: impl Fn(&mut Cursor<'a>) -> Option<V>) -> Option<Option<V>> {
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
    pub(super) fn next_or_null(&mut self, read: impl Fn(&mut Cursor<'a>) -> Option<V>) -> Option<Option<V>> {
        if self.absent { Some(None) } else { self.next(read) }
    }
}

/// A column of differences to the row before; the values are operation counters.
pub(super) struct Deltas<'a> {
    rows: Rows<'a, i64>,
    value: i64,
}

impl<'a> Deltas<'a> {
    pub(super) fn of(column: Cursor<'a>) -> Self {
        Self { rows: Rows::of(column), value: 0 }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rows.is_done()
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<Option<u64>> {
        let row = self.rows.next(signed)?;
        self.sum(row)
    }

    #[inline]
    pub(super) fn next_or_null(&mut self) -> Option<Option<u64>> {
        let row = self.rows.next_or_null(signed)?;
        self.sum(row)
    }

    fn sum(&mut self, row: Option<i64>) -> Option<Option<u64>> {
        let Some(delta) = row else { return Some(None) };
        self.value = self.value.checked_add(delta)?;
        u64::try_from(self.value).ok().filter(|value| *value <= OPERATION_COUNTER_MAX).map(Some)
    }
}

/// A column of flags: lengths of runs, the first one (false) possibly empty.
pub(super) struct Booleans<'a> {
    column: Cursor<'a>,
    left: u64,
    value: bool,
}

impl<'a> Booleans<'a> {
    pub(super) fn of(mut column: Cursor<'a>) -> Option<Self> {
        let left = column.canonical_unsigned()?;
        Some(Self { column, left, value: false })
    }

    pub(super) fn is_done(&self) -> bool {
        self.left == 0 && self.column.is_empty()
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<bool> {
        if self.left == 0 {
            self.left = self.column.canonical_unsigned().filter(|run| *run > 0)?;
            self.value = !self.value;
        }
        self.left -= 1;
        Some(self.value)
    }
}
