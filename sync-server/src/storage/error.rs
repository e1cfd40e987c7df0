//! What can go wrong between the server and its database.

use std::io;

/// A failed database operation. Carries no row contents: it may be logged.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("the database could not be opened")]
    Open(#[source] rusqlite::Error),
    #[error("there is no database here; run `sync-server init` first")]
    Missing,
    #[error(
        "the database was written by a newer version of the server (schema {found}, this one knows {known})"
    )]
    Newer { found: i64, known: i64 },
    #[error("the schema could not be brought up to date")]
    Migration(#[source] Box<refinery::Error>),
    #[error("there is no room for it on the disk")]
    DiskFull(#[source] rusqlite::Error),
    #[error("the statement failed")]
    Statement(#[source] rusqlite::Error),
    #[error("the transaction could not be committed")]
    Commit(#[source] rusqlite::Error),
    #[error("another statement of the same commit group failed; nothing of this one was written")]
    Group,
    #[error("the column {column} does not hold what the query expects")]
    Column { column: usize },
    #[error("a required row is missing: {what}")]
    NoRow { what: &'static str },
    #[error("stored data is malformed: {what}")]
    Malformed { what: &'static str },
    #[error("the backup could not be written")]
    Backup(#[source] rusqlite::Error),
    #[error("a database file could not be read or written")]
    File(#[source] io::Error),
    #[error("the work inside the transaction panicked; it was undone")]
    Panicked,
    #[error("the database is closed")]
    Closed,
}

impl DbError {
    /// True when trying again can help: somebody else held the lock for long.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Group => true,
            Self::Statement(e) | Self::Commit(e) => {
                matches!(
                    e.sqlite_error_code(),
                    Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
                )
            }
            _ => false,
        }
    }

    /// True when there is no room left: the caller tells its peer to come back later.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::DiskFull(_) => true,
            Self::File(error) => says_no_room(error),
            _ => false,
        }
    }

    /// A statement failed just now, on this thread.
    pub(super) fn statement(error: rusqlite::Error) -> Self {
        let system = io::Error::last_os_error();
        if is_no_room(&error, &system) { Self::DiskFull(error) } else { Self::Statement(error) }
    }

    /// A commit failed just now, on this thread.
    pub(super) fn commit(error: rusqlite::Error) -> Self {
        let system = io::Error::last_os_error();
        if is_no_room(&error, &system) { Self::DiskFull(error) } else { Self::Commit(error) }
    }
}

/// Whether a call failed for want of room, by SQLite's answer and by what the system last said to this thread, which is what
/// SQLite had asked of it. SQLite calls no more than a plain ENOSPC of a write a full disk; a used up quota, a file that may
/// not grow, and room that is missed late (fsync, the shared memory, a new file) are I/O errors to it.
fn is_no_room(error: &rusqlite::Error, system: &io::Error) -> bool {
    use rusqlite::ffi;
    let Some(code) = error.sqlite_error().map(|error| error.extended_code) else { return false };
    let asks_for_room = code & 0xff == ffi::SQLITE_CANTOPEN
        || [
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_DIR_FSYNC,
            ffi::SQLITE_IOERR_TRUNCATE,
            ffi::SQLITE_IOERR_CLOSE,
            ffi::SQLITE_IOERR_SHMOPEN,
            ffi::SQLITE_IOERR_SHMSIZE,
        ]
        .contains(&code);
    code & 0xff == ffi::SQLITE_FULL || (asks_for_room && says_no_room(system))
}

/// Whether a file could not grow: the disk, its owner's quota or the file itself is at its end.
pub(crate) fn says_no_room(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge)
}

#[cfg(test)]
mod tests {
    use io::ErrorKind as Kind;
    use rusqlite::ffi;

    use super::*;

    fn is_no_room_for(extended_code: i32, system: Kind) -> bool {
        is_no_room(&rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None), &system.into())
    }

    #[test]
    fn no_room_is_a_full_disk_by_whatever_name_the_system_calls_it() {
        let asking = [
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_DIR_FSYNC,
            ffi::SQLITE_IOERR_TRUNCATE,
            ffi::SQLITE_IOERR_CLOSE,
            ffi::SQLITE_IOERR_SHMOPEN,
            ffi::SQLITE_IOERR_SHMSIZE,
            ffi::SQLITE_CANTOPEN,
        ];
        for code in asking {
            for system in [Kind::StorageFull, Kind::QuotaExceeded, Kind::FileTooLarge] {
                assert!(is_no_room_for(code, system), "{code} {system:?}");
            }
            // EIO has no kind of its own.
            for system in [Kind::Other, Kind::NotFound, Kind::PermissionDenied, Kind::ReadOnlyFilesystem] {
                assert!(!is_no_room_for(code, system), "{code} {system:?}");
            }
        }
        assert!(is_no_room_for(ffi::SQLITE_FULL, Kind::Other));
        // They fail without asking the system, which may have refused something else long ago.
        for code in [
            ffi::SQLITE_IOERR_SHORT_READ,
            ffi::SQLITE_IOERR_READ,
            ffi::SQLITE_BUSY,
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_CONSTRAINT,
        ] {
            assert!(!is_no_room_for(code, Kind::StorageFull), "{code}");
        }
    }

    #[test]
    fn only_want_of_room_makes_a_full_disk() {
        let full = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), None);
        assert!(DbError::commit(full).is_disk_full());
        let broken = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_READ), None);
        assert!(!DbError::statement(broken).is_disk_full());
        assert!(DbError::File(Kind::QuotaExceeded.into()).is_disk_full());
        assert!(!DbError::File(Kind::PermissionDenied.into()).is_disk_full());
        assert!(!DbError::Group.is_disk_full());
    }
}
