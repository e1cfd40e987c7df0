//! What can go wrong in the store, in terms a caller can act on.

use std::path::PathBuf;
use std::sync::Arc;

use posto_domain::id::DocumentId;

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
        source: Arc<std::io::Error>,
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
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            Some(Code::NotADatabase | Code::DatabaseCorrupt) => Self::DamagedFile(Arc::new(error)),
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked,
            _ => Self::Sqlite(Arc::new(error)),
        }
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
    /// An I/O error of a file beside the database; a full disk keeps its own variant.
    pub(crate) fn file(operation: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Self::DiskFull;
        }
        Self::File { operation, path: path.into(), source: Arc::new(source) }
    }
}
