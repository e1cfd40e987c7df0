//! How a change is kept: compressed with a dictionary that all changes share, or as it came.
//!
//! The first byte tells which. Automerge's magic begins with 0x85: the change itself, as all were kept before schema 3.
//! Any other byte is the number of a dictionary, and behind it stands a zstd frame without its four bytes of magic,
//! without checksum and without the dictionary's id. The change's own hash guards what comes out.

use std::sync::LazyLock;

use parking_lot::Mutex;
use posto_sync::limits::CHANGE_BYTES_MAX;
use rayon::prelude::*;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use super::DbError;

/// The dictionaries, numbered from 1. Each is part of the storage format: one is added, none is ever changed.
const DICTIONARIES: &[&[u8]] = &[include_bytes!("dictionary/1.bin")];
/// The dictionary that new changes are compressed with.
const CURRENT: u8 = 1;
/// With the dictionary a first change of a patient comes to a third at any level; level 4 saves another fiftieth of the
/// whole. Compressing it at level 4 was a sixth of the server's processor time in a push.
const LEVEL: i32 = 1;

/// First byte of a change that is kept as it came.
const AS_IT_CAME: u8 = 0x85;
/// What every zstd frame begins with.
const FRAME_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The largest change that is compressed, and so the most that decompressing makes: a body of the limit and its header.
const CHANGE_MAX: usize = CHANGE_BYTES_MAX + 64;
/// How much of a kept change [`raw_len`] needs: tag and frame header.
pub(super) const HEAD_BYTES: u64 = 16;

/// Batches below this are compressed on the calling thread.
const PARALLEL_MIN: usize = 16;

/// A change in the form that is kept.
pub(crate) struct Packed(Vec<u8>);

impl Packed {
    /// Brings a change into the form that is kept.
    ///
    /// # Errors
    /// When it is no change: nothing would tell its first byte from the number of a dictionary.
    pub(crate) fn of(change: &[u8]) -> Result<Self, DbError> {
        if change.first() != Some(&AS_IT_CAME) {
            return Err(DbError::Malformed { what: "change to be kept" });
        }
        Ok(Self(compress(change).unwrap_or_else(|| change.to_vec())))
    }

    /// All of them, on all cores.
    ///
    /// # Errors
    /// As [`Packed::of`].
    pub(crate) fn all_of<'a>(changes: impl ExactSizeIterator<Item = &'a [u8]>) -> Result<Vec<Self>, DbError> {
        if changes.len() < PARALLEL_MIN {
            return changes.map(Self::of).collect();
        }
        let changes: Vec<&[u8]> = changes.collect();
        changes.par_iter().with_min_len(PARALLEL_MIN).map(|change| Self::of(change)).collect()
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

/// A kept change that cannot be brought back: it was damaged, or a newer version wrote it. Holds what is kept.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) Vec<u8>);

impl From<Unreadable> for DbError {
    fn from(_: Unreadable) -> Self {
        Self::Malformed { what: "a change that cannot be decompressed" }
    }
}

/// The change that was kept.
pub(super) fn unpack(kept: Vec<u8>) -> Result<Vec<u8>, Unreadable> {
    let change = match kept.split_first() {
        Some((&AS_IT_CAME, _)) => return Ok(kept),
        Some((&number, frame)) => decompress(number, frame),
        None => None,
    };
    change.filter(|change| change.first() == Some(&AS_IT_CAME)).ok_or(Unreadable(kept))
}

/// The size of the change of which this is the head in its kept form; what is kept, where that cannot be told.
pub(super) fn raw_len(head: &[u8], kept: u64) -> u64 {
    let told = match head.split_first() {
        Some((&AS_IT_CAME, _)) | None => None,
        Some((_, frame)) => zstd::zstd_safe::get_frame_content_size(&with_magic(frame)).ok().flatten(),
    };
    told.filter(|size| *size <= CHANGE_MAX as u64).unwrap_or(kept)
}

/// `None` when it would not get smaller.
fn compress(change: &[u8]) -> Option<Vec<u8>> {
    if change.len() > CHANGE_MAX {
        return None;
    }
    let mut frame = COMPRESSORS.with(compressor, |context| context.compress(change).ok())??;
    // The tag takes the place of the magic's last byte.
    let tag = FRAME_MAGIC.len() - 1;
    *frame.get_mut(tag)? = CURRENT;
    let kept = frame.get(tag..)?;
    (kept.len() < change.len()).then(|| kept.to_vec())
}

fn decompress(number: u8, frame: &[u8]) -> Option<Vec<u8>> {
    let index = usize::from(number).checked_sub(1)?;
    let pool = DECOMPRESSORS.get(index)?;
    pool.with(|| decompressor(index), |context| context.decompress(&with_magic(frame), CHANGE_MAX).ok())?
}

fn with_magic(frame: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(FRAME_MAGIC.len() + frame.len());
    whole.extend_from_slice(&FRAME_MAGIC);
    whole.extend_from_slice(frame);
    whole
}

static ENCODER: LazyLock<Option<EncoderDictionary<'static>>> = LazyLock::new(|| {
    let dictionary = DICTIONARIES.get(usize::from(CURRENT) - 1)?;
    EncoderDictionary::try_copy(dictionary, LEVEL).ok()
});

static DECODERS: LazyLock<Vec<Option<DecoderDictionary<'static>>>> = LazyLock::new(|| {
    DICTIONARIES.iter().map(|dictionary| DecoderDictionary::try_copy(dictionary).ok()).collect()
});

static COMPRESSORS: Pool<Compressor<'static>> = Pool::new();

static DECOMPRESSORS: LazyLock<Vec<Pool<Decompressor<'static>>>> =
    LazyLock::new(|| DICTIONARIES.iter().map(|_| Pool::new()).collect());

fn compressor() -> Option<Compressor<'static>> {
    let mut compressor = Compressor::with_prepared_dictionary(ENCODER.as_ref()?).ok()?;
    compressor.include_dictid(false).ok()?;
    Some(compressor)
}

fn decompressor(index: usize) -> Option<Decompressor<'static>> {
    Decompressor::with_prepared_dictionary(DECODERS.get(index)?.as_ref()?).ok()
}

/// Contexts that were used before: making one costs more than a change does. Only as many as worked at once, where
/// one for each of the runtime's blocking threads would be hundreds.
struct Pool<T>(Mutex<Vec<T>>);

/// Contexts that are kept for the next change.
const IDLE_MAX: usize = 8;

impl<T> Pool<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn with<R>(&self, make: impl FnOnce() -> Option<T>, work: impl FnOnce(&mut T) -> R) -> Option<R> {
        let idle = self.0.lock().pop();
        let mut context = idle.or_else(make)?;
        let result = work(&mut context);
        let mut idle = self.0.lock();
        if idle.len() < IDLE_MAX {
            idle.push(context);
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests;
