//! An uncompressed change taken apart in place, as far as it is ordinary: the same few columns in their plain
//! form, every number in its shortest. `None` means "unusual", which is for Automerge to judge. Format:
//! <https://automerge.org/automerge-binary-format-spec/#_change_chunks>.

mod operations;
mod rows;

pub(crate) use operations::{Action, Key, OpId, Operation, Scalar};

use crate::cursor::Cursor;
use crate::limits::OPERATION_COUNTER_MAX;
use crate::scan;

/// The columns of ordinary operations, by their specification (id × 16 + type), ascending.
const COLUMNS: [u64; 12] = [0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73];
const HASH_BYTES: usize = 32;

/// A change: its header, and its operations still packed.
pub(crate) struct Chunk<'a> {
    dependencies: &'a [u8],
    pub(crate) actor: &'a [u8],
    /// The actor's count of changes, from 1.
    pub(crate) sequence: u64,
    /// Counter of the first operation.
    pub(crate) start: u64,
    /// Unix milliseconds.
    pub(crate) time_ms: i64,
    pub(crate) message: &'a str,
    others: Cursor<'a>,
    /// Of this change: its own actor, then the others.
    actors: u64,
    columns: Columns<'a>,
}

impl<'a> Chunk<'a> {
    /// Reads the header. The checksum is not looked at.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = scan::open(bytes).ok()?;
        let dependencies = cursor.canonical_unsigned()?.checked_mul(HASH_BYTES as u64)?;
        let dependencies = cursor.take(dependencies).ok()?;
        let actor = cursor.canonical_prefixed()?;
        let sequence = cursor.canonical_unsigned()?;
        let start = cursor.canonical_unsigned()?;
        if start == 0 || start > OPERATION_COUNTER_MAX {
            return None;
        }
        let time_ms = cursor.canonical_signed()?;
        let message = std::str::from_utf8(cursor.canonical_prefixed()?).ok()?;
        let others = cursor.canonical_unsigned()?;
        let actors = others.checked_add(1)?;
        let before = cursor.0;
        for _ in 0..others {
            cursor.canonical_prefixed()?;
        }
        let others = Cursor(&before[..before.len() - cursor.0.len()]);
        let columns = Columns::read(&mut cursor)?;
        cursor.is_empty().then_some(())?;
        Some(Self { dependencies, actor, sequence, start, time_ms, message, others, actors, columns })
    }

    /// Hashes of the changes it rests on.
    pub(crate) fn dependencies(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        self.dependencies.chunks_exact(HASH_BYTES)
    }

    /// Actors besides its own that its operations name, in the order of their numbers.
    pub(crate) fn others(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut others = Cursor(self.others.0);
        std::iter::from_fn(move || (!others.is_empty()).then(|| others.canonical_prefixed()).flatten())
    }
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
