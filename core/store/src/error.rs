//! What can go wrong in the store, in terms a caller can act on.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use posto_domain::id::DocumentId;
use posto_sync::no_room::{says_no_room, sqlite_says_no_room};

/// An error of the store. No variant carries a record's content, so any of them may be logged.
///
/// Cloneable, because one failed commit answers every write of its group.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key is not this database's, or the file is no database.
    #[error("the key does not open this database")]
    WrongKey,
    /// Another process has the data folder open.
    #[error("another process has {} open", .path.display())]
    InUse { path: PathBuf },
    /// A newer Posto wrote this database. Nothing was changed.
    #[error("the database has schema version {found}, this program knows up to {supported}")]
    NewerSchema { found: u32, supported: u32 },
    /// The disk is full. What was acknowledged is safe; this write did not happen.
    #[error("the disk is full")]
    DiskFull,
    /// A page is damaged: SQLCipher's page authentication or SQLite's own checks failed.
    #[error("the database file is damaged")]
    DamagedFile(#[source] Arc<rusqlite::Error>),
    /// A write waited too long for a lock that nothing of this process holds.
    #[error("the database is locked by something else")]
    Locked,
    /// Any other answer of SQLite.
    #[error("database: {0}")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// A migration did not run.
    #[error("the schema could not be brought up to date")]
    Migration(#[source] Arc<refinery::Error>),
    /// A file beside the database could not be read or written.
    #[error("{operation}: {}", .path.display())]
    File {
        operation: &'static str,
        path: PathBuf,
        #[source]
        source: Arc<io::Error>,
    },
    /// The key file is readable by other users of the machine, or has the wrong length.
    #[error("the key file {} is not a private file of 32 bytes", .path.display())]
    KeyFile { path: PathBuf },
    /// Nothing under this id.
    #[error("no document {0}")]
    NoSuchDocument(DocumentId),
    /// The document is quarantined; see `Store::quarantined`.
    #[error("document {0} is quarantined")]
    Quarantined(DocumentId),
    /// The document's content could not be read or written.
    #[error("document: {0}")]
    Document(#[source] Arc<posto_documents::Error>),
    /// A batch of the other side does not decode.
    #[error("batch: {0}")]
    Batch(#[source] Arc<posto_sync::batch::BatchError>),
    /// Stored bytes do not have the form this program gave them.
    #[error("stored {0} cannot be read")]
    Unreadable(&'static str),
    /// A backup file is not one, is incomplete, or was made with another key.
    #[error("not a usable backup: {0}")]
    Backup(&'static str),
    /// A restore would overwrite an existing database.
    #[error("{} exists already", .path.display())]
    AlreadyExists { path: PathBuf },
    /// A blob's bytes do not match its name, or its file is damaged.
    #[error("attachment content is damaged")]
    DamagedBlob,
    /// Nothing under this content address, or not complete yet.
    #[error("no such attachment content")]
    NoSuchBlob,
    /// An upload went on at a place where it had not arrived.
    #[error("upload continues at byte {expected}, not {actual}")]
    UploadOffset { expected: u64, actual: u64 },
    /// The random source of the machine failed.
    #[error("no randomness")]
    NoEntropy,
    /// The write itself panicked and was rolled back; others were not touched.
    #[error("a write panicked and was rolled back")]
    Panicked,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

/// The store's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        // Before all else: what the system last said to this thread, which is what SQLite had asked of it.
        let system = io::Error::last_os_error();
        Self::of_sqlite(error, &system)
    }
}

impl From<posto_documents::Error> for Error {
    fn from(error: posto_documents::Error) -> Self {
        Self::Document(Arc::new(error))
    }
}

impl From<posto_sync::batch::BatchError> for Error {
    fn from(error: posto_sync::batch::BatchError) -> Self {
        Self::Batch(Arc::new(error))
    }
}

impl From<refinery::Error> for Error {
    fn from(error: refinery::Error) -> Self {
        Self::Migration(Arc::new(error))
    }
}

impl Error {
    fn of_sqlite(error: rusqlite::Error, system: &io::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull | Code::SystemIoFailure | Code::CannotOpen) if is_no_room(&error, system) => {
                Self::DiskFull
            }
            Some(Code::NotADatabase | Code::DatabaseCorrupt) => Self::DamagedFile(Arc::new(error)),
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked,
            _ => Self::Sqlite(Arc::new(error)),
        }
    }

    /// An I/O error of a file beside the database; a full disk keeps its own variant.
    pub(crate) fn file(operation: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        if says_no_room(source.kind()) {
            return Self::DiskFull;
        }
        Self::File { operation, path: path.into(), source: Arc::new(source) }
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

    fn of(extended_code: i32, system: Kind) -> Error {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None);
        Error::of_sqlite(error, &system.into())
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
                assert!(matches!(of(code, system), Error::DiskFull), "{code} {system:?}");
            }
            // EIO has no kind of its own.
            for system in [Kind::Other, Kind::NotFound, Kind::PermissionDenied, Kind::ReadOnlyFilesystem] {
                assert!(matches!(of(code, system), Error::Sqlite(_)), "{code} {system:?}");
            }
        }
        assert!(matches!(of(ffi::SQLITE_FULL, Kind::Other), Error::DiskFull));
    }

    #[test]
    fn what_takes_no_room_is_not_explained_by_a_full_disk() {
        // They fail without asking the system, which may have refused something else long ago.
        for code in [ffi::SQLITE_IOERR_SHORT_READ, ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_LOCK] {
            assert!(matches!(of(code, Kind::StorageFull), Error::Sqlite(_)), "{code}");
        }
        assert!(matches!(of(ffi::SQLITE_CONSTRAINT, Kind::StorageFull), Error::Sqlite(_)));
        assert!(matches!(of(ffi::SQLITE_CORRUPT, Kind::StorageFull), Error::DamagedFile(_)));
        assert!(matches!(of(ffi::SQLITE_BUSY, Kind::StorageFull), Error::Locked));
    }

    #[test]
    fn a_file_beside_the_database_has_the_same_full_disk() {
        for kind in [Kind::StorageFull, Kind::QuotaExceeded, Kind::FileTooLarge] {
            assert!(matches!(Error::file("write", "x", kind.into()), Error::DiskFull), "{kind:?}");
        }
        assert!(matches!(Error::file("write", "x", Kind::PermissionDenied.into()), Error::File { .. }));
    }
}
