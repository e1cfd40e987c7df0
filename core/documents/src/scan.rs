//! A look at a change's bytes before Automerge sees them.
//!
//! A few bytes of run-length encoding can claim billions of operations, and decoding them would
//! take the machine down. This scan counts what a change claims without unfolding it.

use crate::Error;
use crate::cursor::Cursor;
use crate::error::Corrupt;
use crate::limits::{CHANGE_BYTES_MAX, OPERATION_COUNTER_MAX, OPERATIONS_MAX};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Magic and checksum.
const PREFIX_BYTES: usize = 8;
const CHANGE_CHUNK: u8 = 1;
const HASH_BYTES: u64 = 32;

/// Column types of Automerge's chunk format: the low three bits of a column's specification.
mod column {
    pub(super) const GROUP: u64 = 0;
    pub(super) const ACTOR: u64 = 1;
    pub(super) const UNSIGNED: u64 = 2;
    pub(super) const DELTA: u64 = 3;
    pub(super) const BOOLEAN: u64 = 4;
    pub(super) const TEXT: u64 = 5;
    pub(super) const VALUE_META: u64 = 6;
    pub(super) const VALUE: u64 = 7;
    /// Fourth bit: compressed. Change chunks never have it.
    pub(super) const DEFLATED: u64 = 8;
}

/// Refuses bytes that are no uncompressed change chunk, or claim more than the limits allow.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Error> {
    let mut cursor = open(bytes)?;
    let dependencies = cursor.unsigned()?;
    cursor.skip(dependencies.saturating_mul(HASH_BYTES))?;
    cursor.skip_prefixed()?; // actor
    cursor.unsigned()?; // sequence
    let start = cursor.unsigned()?;
    limit("operation counter", start, OPERATION_COUNTER_MAX)?;
    cursor.signed()?; // time
    cursor.skip_prefixed()?; // message
    let others = cursor.unsigned()?;
    limit("actors of a change", others, OPERATIONS_MAX)?;
    for _ in 0..others {
        cursor.skip_prefixed()?;
    }
    check_columns(&mut cursor)
}

/// The body of a chunk that is an uncompressed change and nothing else.
pub(crate) fn open(bytes: &[u8]) -> Result<Cursor<'_>, Error> {
    limit("bytes of a change", bytes.len() as u64, CHANGE_BYTES_MAX)?;
    if bytes.get(..4) != Some(MAGIC.as_slice()) || bytes.get(PREFIX_BYTES) != Some(&CHANGE_CHUNK) {
        return Err(Corrupt::NotAChange.into());
    }
    let mut cursor = Cursor(bytes.get(PREFIX_BYTES + 1..).unwrap_or_default());
    let body_bytes = cursor.unsigned()?;
    if body_bytes != cursor.0.len() as u64 {
        return Err(Corrupt::NotAChange.into());
    }
    Ok(cursor)
}

fn check_columns(cursor: &mut Cursor<'_>) -> Result<(), Error> {
    let count = cursor.unsigned()?;
    limit("columns of a change", count, 64)?;
    let mut columns = Vec::new();
    for _ in 0..count {
        columns.push((cursor.unsigned()?, cursor.unsigned()?));
    }
    for (specification, length) in columns {
        let mut data = Cursor(cursor.take(length)?);
        if specification & column::DEFLATED != 0 {
            return Err(Corrupt::Undecodable.into());
        }
        match specification & 7 {
            column::BOOLEAN => data.boolean_rows()?,
            column::VALUE => {}
            kind => data.run_length_rows(kind)?,
        }
    }
    Ok(())
}

fn limit(what: &'static str, actual: u64, max: u64) -> Result<(), Error> {
    if actual > max {
        return Err(Error::OverLimit { what, actual, max });
    }
    Ok(())
}

impl Cursor<'_> {
    fn boolean_rows(&mut self) -> Result<(), Error> {
        let mut rows = 0_u64;
        while !self.0.is_empty() {
            rows = rows.saturating_add(self.unsigned()?);
            limit("operations of a change", rows, OPERATIONS_MAX)?;
        }
        Ok(())
    }

    /// Rows of a run-length column; in a group column also the rows that its groups claim.
    fn run_length_rows(&mut self, kind: u64) -> Result<(), Error> {
        let (mut rows, mut grouped) = (0_u64, 0_u64);
        while !self.0.is_empty() {
            let run = self.signed()?;
            let (length, values) = match run {
                0 => (self.unsigned()?, 0),
                1.. => (run.unsigned_abs(), 1),
                _ => (run.unsigned_abs(), run.unsigned_abs()),
            };
            rows = rows.saturating_add(length);
            limit("operations of a change", rows, OPERATIONS_MAX)?;
            for _ in 0..values {
                let value = self.column_value(kind)?;
                let times = if run > 0 { length } else { 1 };
                grouped = grouped.saturating_add(value.saturating_mul(times));
            }
            if kind == column::GROUP {
                limit("predecessors of a change", grouped, OPERATIONS_MAX)?;
            }
        }
        Ok(())
    }

    fn column_value(&mut self, kind: u64) -> Result<u64, Error> {
        match kind {
            column::GROUP | column::ACTOR | column::UNSIGNED | column::VALUE_META => self.unsigned(),
            column::DELTA => self.signed().map(|_| 0),
            column::TEXT => self.skip_prefixed().map(|()| 0),
            _ => Err(Corrupt::Undecodable.into()),
        }
    }
}
