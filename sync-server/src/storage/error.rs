//! What can go wrong between the server and its database.

use std::io;

use posto_sync::no_room::{says_no_room, sqlite_says_no_room};

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
            Self::File(error) => says_no_room(error.kind()),
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

fn is_no_room(error: &rusqlite::Error, system: &io::Error) -> bool {
    error.sqlite_error().is_some_and(|error| sqlite_says_no_room(error.extended_code, system.kind()))
}

#[cfg(test)]
mod tests {
    use io::ErrorKind as Kind;
    use rusqlite::ffi;

    use super::*;

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
