//! Values, sorted by the field they belong to.

use super::rle::{NumberWriter, Run};
use super::streams::{Stream, StreamsIn, StreamsOut};
use super::template::{Keyed, ULID_BUCKET};
use super::ulid::{self, UlidModel};
use crate::leb::{self, Malformed, Reader};

/// Value type code of a string, in the low four bits of its metadata; the length stands above.
const STRING: u64 = 6;
const ULID_META: u64 = (ulid::TEXT_BYTES as u64) << 4 | STRING;

/// Takes runs apart one stretch at a time.
struct RunCursor<'a> {
    runs: std::slice::Iter<'a, Run>,
    current: Run,
}

impl<'a> RunCursor<'a> {
    fn new(runs: &'a [Run]) -> Self {
        Self { runs: runs.iter(), current: Run { count: 0, value: 0 } }
    }

    /// At most `most` equal values.
    fn take(&mut self, most: u64) -> Result<Run, Malformed> {
        if self.current.count == 0 {
            self.current = *self.runs.next().ok_or(Malformed)?;
        }
        let count = self.current.count.min(most);
        self.current.count -= count;
        Ok(Run { count, value: self.current.value })
    }

    fn is_done(&self) -> bool {
        self.current.count == 0 && self.runs.len() == 0
    }
}

/// Whether `write` can carry these values; it must not fail halfway.
pub(super) fn fits(keyed: Option<&[Keyed]>, metas: &[Run], values: &[u8]) -> bool {
    let bytes =
        metas.iter().try_fold(0_u64, |sum, run| run.count.checked_mul(run.value >> 4)?.checked_add(sum));
    let ops = metas.iter().try_fold(0_u64, |sum, run| sum.checked_add(run.count));
    let expected = keyed.map_or(ops, |keyed| {
        keyed.iter().try_fold(0_u64, |sum, stretch| match stretch {
            Keyed::Null(count) | Keyed::Key { count, .. } => sum.checked_add(*count),
            Keyed::Ulid => sum.checked_add(1),
        })
    });
    ops.is_some() && ops == expected && bytes == Some(values.len() as u64)
}

/// Writes the values of one change; [`fits`] must have said yes.
pub(super) fn write(
    keyed: Option<&[Keyed]>,
    metas: &[Run],
    values: &[u8],
    time_ms: i64,
    ulids: &mut UlidModel,
    out: &mut StreamsOut,
) -> Result<(), Malformed> {
    let mut metas_left = RunCursor::new(metas);
    let mut values = Reader::new(values);
    let all = [Keyed::Null(metas.iter().map(|run| run.count).sum())];
    if keyed.is_none() {
        let Keyed::Null(count) = all[0] else { return Err(Malformed) };
        out.number(Stream::TextMeta, count);
    }
    for stretch in keyed.unwrap_or(&all) {
        let (bucket, count) = match *stretch {
            Keyed::Null(count) => {
                write_text(count, &mut metas_left, &mut values, out)?;
                continue;
            }
            Keyed::Key { bucket, count } => (bucket, count),
            Keyed::Ulid => (ULID_BUCKET, 1),
        };
        for _ in 0..count {
            let meta = metas_left.take(1)?.value;
            leb::write_u64(out.bucket_meta(bucket), meta);
            let value = values.take(length_of(meta)?)?;
            write_value(meta, value, bucket, time_ms, ulids, out);
        }
    }
    if metas_left.is_done() && values.is_empty() { Ok(()) } else { Err(Malformed) }
}

fn write_value(
    meta: u64,
    value: &[u8],
    bucket: usize,
    time_ms: i64,
    ulids: &mut UlidModel,
    out: &mut StreamsOut,
) {
    if meta == ULID_META {
        let id = ulid::parse(value);
        out.at(Stream::UlidFlags).push(u8::from(id.is_some()));
        if let Some(id) = id {
            ulids.write(id, time_ms, out);
            return;
        }
    }
    out.bucket_values(bucket).extend_from_slice(value);
}

fn write_text(
    mut count: u64,
    metas: &mut RunCursor<'_>,
    values: &mut Reader<'_>,
    out: &mut StreamsOut,
) -> Result<(), Malformed> {
    while count > 0 {
        let run = metas.take(count)?;
        count -= run.count;
        out.number(Stream::TextMeta, run.count);
        out.number(Stream::TextMeta, run.value);
        let bytes = values.take(run_bytes(run)?)?;
        out.at(Stream::TextValues).extend_from_slice(bytes);
    }
    Ok(())
}

/// The value-metadata and value columns of one change.
pub(super) fn read(
    keyed: Option<&[Keyed]>,
    time_ms: i64,
    ulids: &mut UlidModel,
    streams: &mut StreamsIn<'_>,
    bytes_max: usize,
) -> Result<(Vec<u8>, Vec<u8>), Malformed> {
    let mut metas = NumberWriter::default();
    let mut values = Vec::new();
    let all = [Keyed::Null(if keyed.is_none() { streams.number(Stream::TextMeta)? } else { 0 })];
    for stretch in keyed.unwrap_or(&all) {
        let (bucket, count) = match *stretch {
            Keyed::Null(count) => {
                read_text(count, &mut metas, &mut values, streams)?;
                continue;
            }
            Keyed::Key { bucket, count } => (bucket, count),
            Keyed::Ulid => (ULID_BUCKET, 1),
        };
        for _ in 0..count {
            let meta = streams.bucket_meta(bucket)?.u64()?;
            metas.push(1, meta)?;
            if meta == ULID_META && read_flag(streams)? {
                ulid::write_text(ulids.read(time_ms, streams)?, &mut values);
            } else if meta >> 4 > 0 {
                values.extend_from_slice(streams.bucket_values(bucket)?.take(length_of(meta)?)?);
            }
            if values.len() > bytes_max {
                return Err(Malformed);
            }
        }
    }
    Ok((metas.finish()?, values))
}

fn read_flag(streams: &mut StreamsIn<'_>) -> Result<bool, Malformed> {
    match streams.at(Stream::UlidFlags).byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Malformed),
    }
}

fn read_text(
    mut count: u64,
    metas: &mut NumberWriter,
    values: &mut Vec<u8>,
    streams: &mut StreamsIn<'_>,
) -> Result<(), Malformed> {
    while count > 0 {
        let run = Run { count: streams.number(Stream::TextMeta)?, value: streams.number(Stream::TextMeta)? };
        if run.count == 0 || run.count > count {
            return Err(Malformed);
        }
        count -= run.count;
        metas.push(run.count, run.value)?;
        values.extend_from_slice(streams.at(Stream::TextValues).take(run_bytes(run)?)?);
    }
    Ok(())
}

fn length_of(meta: u64) -> Result<usize, Malformed> {
    usize::try_from(meta >> 4).map_err(|_| Malformed)
}

fn run_bytes(run: Run) -> Result<usize, Malformed> {
    let bytes = run.count.checked_mul(run.value >> 4).ok_or(Malformed)?;
    usize::try_from(bytes).map_err(|_| Malformed)
}
