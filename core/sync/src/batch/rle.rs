//! Automerge's run-length encoding, as far as batches look into it.

use super::ulid;
use crate::leb::{self, Malformed, Reader};

/// `count` equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) count: u64,
    pub(super) value: u64,
}

/// Reads a column of unsigned numbers without nulls.
pub(super) fn read_numbers(column: &[u8]) -> Result<Vec<Run>, Malformed> {
    let mut reader = Reader::new(column);
    let mut runs = Vec::new();
    while !reader.is_empty() {
        match reader.i64()? {
            0 => return Err(Malformed),
            literals @ ..=-1 => {
                let count = usize::try_from(literals.unsigned_abs()).map_err(|_| Malformed)?;
                if count > reader.remaining() {
                    return Err(Malformed);
                }
                for _ in 0..count {
                    runs.push(Run { count: 1, value: reader.u64()? });
                }
            }
            count => runs.push(Run { count: count.unsigned_abs(), value: reader.u64()? }),
        }
    }
    Ok(runs)
}

/// Writes numbers the way Automerge does: equal neighbours as runs, single ones gathered as literals.
#[derive(Debug, Default)]
pub(super) struct NumberWriter {
    out: Vec<u8>,
    current: Option<Run>,
    literals: Vec<u8>,
    literal_count: i64,
}

impl NumberWriter {
    pub(super) fn push(&mut self, count: u64, value: u64) -> Result<(), Malformed> {
        match &mut self.current {
            Some(run) if run.value == value => {
                run.count = run.count.checked_add(count).ok_or(Malformed)?;
            }
            _ => {
                self.settle()?;
                self.current = Some(Run { count, value });
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, Malformed> {
        self.settle()?;
        self.flush_literals();
        Ok(self.out)
    }

    fn settle(&mut self) -> Result<(), Malformed> {
        let Some(run) = self.current.take() else { return Ok(()) };
        if run.count == 1 {
            leb::write_u64(&mut self.literals, run.value);
            self.literal_count += 1;
        } else {
            self.flush_literals();
            leb::write_i64(&mut self.out, i64::try_from(run.count).map_err(|_| Malformed)?);
            leb::write_u64(&mut self.out, run.value);
        }
        Ok(())
    }

    fn flush_literals(&mut self) {
        if self.literal_count > 0 {
            leb::write_i64(&mut self.out, -self.literal_count);
            self.out.append(&mut self.literals);
            self.literal_count = 0;
        }
    }
}

/// A stretch of a key column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyRun<'a> {
    /// So many operations without a text key (list and text elements).
    Null(u64),
    /// So many operations with this key.
    Key(&'a [u8], u64),
    /// One operation whose key is a ULID that was cut out.
    Ulid,
}

/// Takes the ULIDs out of a key column: each becomes an empty string, all else stays byte for byte.
/// Columns that hold an empty string already are refused.
pub(super) fn cut_ulids(
    column: &[u8],
    cut: &mut Vec<u8>,
    ulids: &mut Vec<[u8; 16]>,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(column);
    while !reader.is_empty() {
        let header = reader.i64()?;
        leb::write_i64(cut, header);
        match header {
            0 => leb::write_u64(cut, reader.u64()?),
            literals @ ..=-1 => {
                for _ in 0..literals.unsigned_abs() {
                    let text = non_empty(&mut reader)?;
                    if let Some(id) = ulid::parse(text) {
                        ulids.push(id);
                        cut.push(0);
                    } else {
                        leb::write_u64(cut, text.len() as u64);
                        cut.extend_from_slice(text);
                    }
                }
            }
            _ => {
                let text = non_empty(&mut reader)?;
                leb::write_u64(cut, text.len() as u64);
                cut.extend_from_slice(text);
            }
        }
    }
    Ok(())
}

fn non_empty<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let text = reader.prefixed()?;
    if text.is_empty() { Err(Malformed) } else { Ok(text) }
}

/// Undoes [`cut_ulids`].
pub(super) fn paste_ulids(
    cut: &[u8],
    mut next_ulid: impl FnMut() -> Result<[u8; 16], Malformed>,
    out: &mut Vec<u8>,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(cut);
    while !reader.is_empty() {
        let header = reader.i64()?;
        leb::write_i64(out, header);
        if header == 0 {
            leb::write_u64(out, reader.u64()?);
            continue;
        }
        let texts = if header < 0 { header.unsigned_abs() } else { 1 };
        for _ in 0..texts {
            let text = reader.prefixed()?;
            if text.is_empty() {
                leb::write_u64(out, ulid::TEXT_BYTES as u64);
                ulid::write_text(next_ulid()?, out);
            } else {
                leb::write_u64(out, text.len() as u64);
                out.extend_from_slice(text);
            }
        }
    }
    Ok(())
}

/// The stretches of a cut key column.
pub(super) fn key_runs(cut: &[u8]) -> Result<Vec<KeyRun<'_>>, Malformed> {
    let mut reader = Reader::new(cut);
    let mut runs = Vec::new();
    while !reader.is_empty() {
        match reader.i64()? {
            0 => runs.push(KeyRun::Null(reader.u64()?)),
            literals @ ..=-1 => {
                for _ in 0..literals.unsigned_abs() {
                    let text = reader.prefixed()?;
                    runs.push(if text.is_empty() { KeyRun::Ulid } else { KeyRun::Key(text, 1) });
                }
            }
            count => runs.push(KeyRun::Key(non_empty(&mut reader)?, count.unsigned_abs())),
        }
    }
    Ok(runs)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_round_trip(values in proptest::collection::vec(0_u64..4, 0..60)) {
            let mut writer = NumberWriter::default();
            for value in &values {
                writer.push(1, *value).unwrap();
            }
            let column = writer.finish().unwrap();
            let mut read = Vec::new();
            for run in read_numbers(&column).unwrap() {
                read.extend((0..run.count).map(|_| run.value));
            }
            prop_assert_eq!(read, values);
        }

        #[test]
        fn hostile_columns_never_panic(column in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = read_numbers(&column);
            let _ = key_runs(&column);
            let (mut cut, mut ulids) = (Vec::new(), Vec::new());
            if cut_ulids(&column, &mut cut, &mut ulids).is_ok() {
                let mut ulids = ulids.into_iter();
                let mut pasted = Vec::new();
                paste_ulids(&cut, || ulids.next().ok_or(Malformed), &mut pasted).unwrap();
                prop_assert_eq!(pasted, column);
            }
        }
    }
}
