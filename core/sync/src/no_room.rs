//! When a replica's storage has no room left, which is [`crate::session::StoreFailure::Full`]: by what the system says and
//! by what SQLite makes of it. The node's store and the server's both read their failures by it.

use std::io::ErrorKind;

/// SQLite's own word for a full disk.
const FULL: i32 = 13;
/// A file could not be opened, or made.
const CANTOPEN: i32 = 14;

/// Extended result codes of what takes room: write, fsync, fsync of a folder, truncate, close, opening and growing the
/// shared memory. SQLite never gives a code another meaning.
const ASKS_FOR_ROOM: [i32; 7] = [0x30a, 0x40a, 0x50a, 0x60a, 0x100a, 0x120a, 0x130a];

/// Whether a file could not grow: the disk, its owner's quota or the file itself is at its end.
#[must_use]
pub fn says_no_room(system: ErrorKind) -> bool {
    matches!(system, ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// Whether a call of SQLite failed for want of room, by its extended result code and by what the system last said to this
/// thread, which is what SQLite had asked of it. SQLite calls no more than a plain ENOSPC of a write a full disk; a used up
/// quota, a file that may not grow, and room that is missed late (fsync, the shared memory, a new file) are I/O errors to
/// it. What fails without asking for room is never explained by what the system refused long ago.
#[must_use]
pub fn sqlite_says_no_room(extended_code: i32, system: ErrorKind) -> bool {
    match extended_code & 0xff {
        FULL => true,
        CANTOPEN => says_no_room(system),
        _ => ASKS_FOR_ROOM.contains(&extended_code) && says_no_room(system),
    }
}
