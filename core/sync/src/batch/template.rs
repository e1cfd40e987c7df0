//! The shape of a change's operations: all it shares with other changes of its sort.
//!
//! A template is a change's column list with the contents of the columns that say *what kind* of
//! operations follow (keys, actions, …) but without what differs from change to change: values and
//! their lengths, ULID keys, operation counters. Patients registered through the same form have the
//! same few templates, so that one small number stands for hundreds of bytes.

use std::collections::HashMap;

use super::rle::{self, KeyRun};
use super::streams::BUCKETS_MAX;
use crate::leb::{self, Malformed, Reader};

/// Column specifications: id, compression bit, type, as Automerge's format defines them.
const OBJ_COUNTER: u32 = 0x02;
const KEY_COUNTER: u32 = 0x13;
const KEY_TEXT: u32 = 0x15;
const VALUE_META: u32 = 0x56;
const VALUE: u32 = 0x57;
const PRED_COUNTER: u32 = 0x73;
const DEFLATED: u32 = 0x08;
/// Columns of operation counters, which travel beside the template.
pub(super) const VARYING: [u32; 3] = [OBJ_COUNTER, KEY_COUNTER, PRED_COUNTER];
/// More operations with text keys than this in one change are not worth looking into.
const KEYED_OPS_MAX: u64 = 1 << 16;
const COLUMNS_MAX: usize = 64;

/// Bucket of values under ULID keys.
pub(super) const ULID_BUCKET: usize = 0;
/// Bucket of values whose key came after [`BUCKETS_MAX`] others.
const OVERFLOW_BUCKET: usize = 1;

/// A change's operations taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) other_actors: Vec<&'a [u8]>,
    pub(super) template: Vec<u8>,
    pub(super) ulids: Vec<[u8; 16]>,
    pub(super) varying: [&'a [u8]; 3],
    pub(super) metas: Vec<rle::Run>,
    pub(super) values: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Takes the part of a chunk behind its header apart; refuses what would not come back the same.
    pub(super) fn split(rest: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(rest);
        let mut parts = Self::default();
        for _ in 0..reader.count()? {
            parts.other_actors.push(reader.prefixed()?);
        }
        let columns = read_columns(&mut reader)?;
        leb::write_u64(&mut parts.template, columns.len() as u64);
        for (spec, content) in columns {
            parts.add(spec, content)?;
        }
        Ok(parts)
    }

    fn add(&mut self, spec: u32, content: &'a [u8]) -> Result<(), Malformed> {
        leb::write_u64(&mut self.template, u64::from(spec));
        if let Some(slot) = VARYING.iter().position(|varying| *varying == spec) {
            self.varying[slot] = content;
            return Ok(());
        }
        match spec {
            VALUE => self.values = content,
            VALUE_META => {
                self.metas = rle::read_numbers(content)?;
                if write_metas(self.metas.iter().copied())? != content {
                    return Err(Malformed);
                }
            }
            KEY_TEXT => {
                let mut cut = Vec::with_capacity(content.len());
                rle::cut_ulids(content, &mut cut, &mut self.ulids)?;
                write_prefixed(&mut self.template, &cut);
            }
            _ => write_prefixed(&mut self.template, content),
        }
        Ok(())
    }
}

fn write_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    leb::write_u64(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The columns with their contents. Nothing may follow them.
fn read_columns<'a>(reader: &mut Reader<'a>) -> Result<Vec<(u32, &'a [u8])>, Malformed> {
    let count = reader.count()?;
    if count > COLUMNS_MAX {
        return Err(Malformed);
    }
    let mut list: Vec<(u32, usize)> = Vec::with_capacity(count);
    for _ in 0..count {
        let spec = u32::try_from(reader.u64()?).map_err(|_| Malformed)?;
        let ascending = list.last().is_none_or(|(last, _)| *last < spec);
        let length = reader.usize()?;
        if !ascending || spec & DEFLATED != 0 || length == 0 {
            return Err(Malformed);
        }
        list.push((spec, length));
    }
    let columns = list.into_iter().map(|(spec, length)| Ok((spec, reader.take(length)?))).collect();
    if reader.is_empty() { columns } else { Err(Malformed) }
}

/// A value-metadata column.
pub(super) fn write_metas(runs: impl IntoIterator<Item = rle::Run>) -> Result<Vec<u8>, Malformed> {
    let mut writer = rle::NumberWriter::default();
    for run in runs {
        writer.push(run.count, run.value)?;
    }
    writer.finish()
}

/// A stretch of operations, as far as their values are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyed {
    Null(u64),
    Key { bucket: usize, count: u64 },
    Ulid,
}

/// One column of a template.
#[derive(Debug)]
pub(super) enum Piece {
    Fixed(u32, Vec<u8>),
    Keys(Vec<u8>),
    Varying(u32, usize),
    Meta,
    Value,
}

impl Piece {
    pub(super) const fn spec(&self) -> u32 {
        match self {
            Self::Fixed(spec, _) | Self::Varying(spec, _) => *spec,
            Self::Keys(_) => KEY_TEXT,
            Self::Meta => VALUE_META,
            Self::Value => VALUE,
        }
    }
}

/// A template, read once and used for many changes.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) pieces: Vec<Piece>,
    /// `None` without a key column: every operation is a list or text element.
    pub(super) keyed: Option<Vec<Keyed>>,
    /// The varying columns of the last change with this template.
    pub(super) last: [Option<Vec<u8>>; 3],
}

/// The templates and value buckets of a batch; both sides build the same ones.
#[derive(Debug, Default)]
pub(super) struct Templates {
    by_bytes: HashMap<Vec<u8>, usize>,
    list: Vec<Template>,
    buckets: HashMap<Vec<u8>, usize>,
}

impl Templates {
    pub(super) fn find(&self, bytes: &[u8]) -> Option<usize> {
        self.by_bytes.get(bytes).copied()
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Template> {
        self.list.get_mut(index)
    }

    /// Reads and keeps a new template.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<usize, Malformed> {
        let template = self.parse(bytes)?;
        let index = self.list.len();
        self.list.push(template);
        self.by_bytes.insert(bytes.to_vec(), index);
        Ok(index)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<Template, Malformed> {
        let mut reader = Reader::new(bytes);
        let count = reader.usize()?;
        if count > COLUMNS_MAX {
            return Err(Malformed);
        }
        let mut pieces = Vec::with_capacity(count);
        let mut keyed = None;
        for _ in 0..count {
            let spec = u32::try_from(reader.u64()?).map_err(|_| Malformed)?;
            pieces.push(match (spec, VARYING.iter().position(|varying| *varying == spec)) {
                (_, Some(slot)) => Piece::Varying(spec, slot),
                (VALUE_META, _) => Piece::Meta,
                (VALUE, _) => Piece::Value,
                (KEY_TEXT, _) => {
                    let cut = reader.prefixed()?;
                    keyed = Some(self.keyed(cut)?);
                    Piece::Keys(cut.to_vec())
                }
                _ => Piece::Fixed(spec, reader.prefixed()?.to_vec()),
            });
        }
        if !reader.is_empty() {
            return Err(Malformed);
        }
        Ok(Template { pieces, keyed, last: Default::default() })
    }

    /// Buckets are handed out only once nothing can fail any more: both sides must count alike.
    fn keyed(&mut self, cut: &[u8]) -> Result<Vec<Keyed>, Malformed> {
        let runs = rle::key_runs(cut)?;
        let ops = runs.iter().fold(0_u64, |sum, run| match run {
            KeyRun::Null(_) => sum,
            KeyRun::Key(_, count) => sum.saturating_add(*count),
            KeyRun::Ulid => sum.saturating_add(1),
        });
        if ops > KEYED_OPS_MAX {
            return Err(Malformed);
        }
        let keyed = runs.into_iter().map(|run| match run {
            KeyRun::Null(count) => Keyed::Null(count),
            KeyRun::Key(key, count) => Keyed::Key { bucket: self.bucket(key), count },
            KeyRun::Ulid => Keyed::Ulid,
        });
        Ok(keyed.collect())
    }

    fn bucket(&mut self, key: &[u8]) -> usize {
        if let Some(bucket) = self.buckets.get(key) {
            return *bucket;
        }
        let bucket = OVERFLOW_BUCKET + 1 + self.buckets.len();
        if bucket >= BUCKETS_MAX {
            return OVERFLOW_BUCKET;
        }
        self.buckets.insert(key.to_vec(), bucket);
        bucket
    }
}
