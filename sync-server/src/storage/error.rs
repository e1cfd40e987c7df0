//! What can go wrong between the server and its database.

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
    File(#[source] std::io::Error),
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
            Self::Statement(e) | Self::Commit(e) => {
                e.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
            }
            _ => false,
        }
    }
}
