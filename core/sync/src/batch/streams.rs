//! The parallel streams a compact batch is made of, and their common compression.
//!
//! Values of one sort stand together (all document references, all values of one field …), which is
//! what lets zstd see the repetition between changes.

use super::BatchError;
use crate::leb::{self, Malformed, Reader};

/// Compression level: higher ones gain under 3 % here and cost several times the time.
const ZSTD_LEVEL: i32 = 3;
/// Buckets for the values of named fields; later names share the overflow bucket.
pub(super) const BUCKETS_MAX: usize = 256;

macro_rules! streams {
    ($($name:ident),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        pub(super) enum Stream { $($name),* }
        pub(super) const FIXED: usize = [$(Stream::$name),*].len();
    };
}

streams!(
    DocRef,
    DocKind,
    DocRaw,
    DepCount,
    DepRef,
    DepPrefix,
    DepFull,
    Actor,
    ActorNew,
    Seq,
    StartOp,
    Time,
    Message,
    MessageNew,
    OtherActors,
    Template,
    TemplateNew,
    Opaque,
    ObjCounters,
    KeyCounters,
    PredCounters,
    VaryingLengths,
    UlidMs,
    UlidGenerator,
    UlidGeneratorNew,
    UlidCounter,
    UlidFlags,
    TextMeta,
    TextValues,
);

/// Streams being written.
#[derive(Debug)]
pub(super) struct StreamsOut {
    parts: Vec<Vec<u8>>,
}

impl StreamsOut {
    pub(super) fn new() -> Self {
        Self { parts: vec![Vec::new(); FIXED] }
    }

    pub(super) fn at(&mut self, stream: Stream) -> &mut Vec<u8> {
        &mut self.parts[stream as usize]
    }

    pub(super) fn number(&mut self, stream: Stream, value: u64) {
        leb::write_u64(self.at(stream), value);
    }

    pub(super) fn signed(&mut self, stream: Stream, value: i64) {
        self.number(stream, zigzag(value));
    }

    pub(super) fn prefixed(&mut self, stream: Stream, bytes: &[u8]) {
        self.number(stream, bytes.len() as u64);
        self.at(stream).extend_from_slice(bytes);
    }

    /// The value metadata of a bucket; [`Self::bucket_values`] is its other half.
    pub(super) fn bucket_meta(&mut self, bucket: usize) -> &mut Vec<u8> {
        self.part(FIXED + 2 * bucket)
    }

    pub(super) fn bucket_values(&mut self, bucket: usize) -> &mut Vec<u8> {
        self.part(FIXED + 2 * bucket + 1)
    }

    fn part(&mut self, index: usize) -> &mut Vec<u8> {
        if self.parts.len() <= index {
            self.parts.resize_with(index + 1, Vec::new);
        }
        &mut self.parts[index]
    }

    /// Appends uncompressed length and compressed streams.
    pub(super) fn finish(self, out: &mut Vec<u8>) -> Result<(), BatchError> {
        let total: usize = self.parts.iter().map(Vec::len).sum();
        let mut payload = Vec::with_capacity(total + 3 * self.parts.len());
        leb::write_u64(&mut payload, self.parts.len() as u64);
        for part in &self.parts {
            leb::write_u64(&mut payload, part.len() as u64);
        }
        for part in &self.parts {
            payload.extend_from_slice(part);
        }
        compress(&payload, out)
    }
}

/// Streams being read.
#[derive(Debug)]
pub(super) struct StreamsIn<'a> {
    parts: Vec<Reader<'a>>,
}

impl<'a> StreamsIn<'a> {
    pub(super) fn new(payload: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(payload);
        let count = reader.usize()?;
        if !(FIXED..=FIXED + 2 * BUCKETS_MAX).contains(&count) {
            return Err(Malformed);
        }
        let lengths = (0..count).map(|_| reader.usize()).collect::<Result<Vec<_>, _>>()?;
        let parts = lengths
            .into_iter()
            .map(|length| reader.take(length).map(Reader::new))
            .collect::<Result<Vec<_>, _>>()?;
        if reader.is_empty() { Ok(Self { parts }) } else { Err(Malformed) }
    }

    pub(super) fn at(&mut self, stream: Stream) -> &mut Reader<'a> {
        &mut self.parts[stream as usize]
    }

    pub(super) fn number(&mut self, stream: Stream) -> Result<u64, Malformed> {
        self.at(stream).u64()
    }

    pub(super) fn signed(&mut self, stream: Stream) -> Result<i64, Malformed> {
        self.number(stream).map(unzigzag)
    }

    pub(super) fn bucket_meta(&mut self, bucket: usize) -> Result<&mut Reader<'a>, Malformed> {
        self.parts.get_mut(FIXED + 2 * bucket).ok_or(Malformed)
    }

    pub(super) fn bucket_values(&mut self, bucket: usize) -> Result<&mut Reader<'a>, Malformed> {
        self.parts.get_mut(FIXED + 2 * bucket + 1).ok_or(Malformed)
    }

    /// Every stream must have been read to its end: one batch has one form.
    pub(super) fn finish(&self) -> Result<(), Malformed> {
        if self.parts.iter().all(Reader::is_empty) { Ok(()) } else { Err(Malformed) }
    }
}

/// Appends the payload's length and the payload compressed.
pub(super) fn compress(payload: &[u8], out: &mut Vec<u8>) -> Result<(), BatchError> {
    leb::write_u64(out, payload.len() as u64);
    let compressed = zstd::bulk::compress(payload, ZSTD_LEVEL).map_err(|_| BatchError::TooLarge)?;
    out.extend_from_slice(&compressed);
    Ok(())
}

/// Undoes [`compress`]; allocates at most `bytes_max`.
pub(super) fn decompress(mut reader: Reader<'_>, bytes_max: usize) -> Result<Vec<u8>, BatchError> {
    let length = reader.usize()?;
    if length > bytes_max {
        return Err(BatchError::TooLarge);
    }
    let compressed = reader.take(reader.remaining())?;
    let payload = zstd::bulk::decompress(compressed, length).map_err(|_| BatchError::Malformed)?;
    if payload.len() == length { Ok(payload) } else { Err(BatchError::Malformed) }
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
