//! The server's database: one facade, one query text for every engine, a transaction is one closure.
//!
//! Queries are written once, with `$1` placeholders and the SQL that SQLite and PostgreSQL share; what
//! differs between engines is inside [`sqlite`] and nowhere else. Everything above this module sees only
//! [`Db`], [`Tx`], [`Param`] and [`Row`], so a second engine is a second driver beside that file.

mod error;
mod migrations;
pub(crate) mod packed;
mod sqlite;
pub(crate) mod tx;
pub(crate) mod value;
mod writer;

pub(crate) mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Semaphore;

pub use error::DbError;
pub(crate) use tx::Tx;
pub(crate) use value::{Param, Row};

use sqlite::ReaderPool;
use writer::Writer;

/// How many reading transactions run at once; each holds one blocking thread and one connection.
const READERS_MAX: usize = 4;

/// Problems that are named one by one.
const PROBLEMS_MAX: usize = 20;

/// How the database is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DbOptions {
    /// Create the file and bring its schema up to date. Otherwise a missing or foreign file is an error.
    pub create: bool,
}

/// Handle to the database; clones share the connections.
#[derive(Clone)]
pub(crate) struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Writer,
    readers: ReaderPool,
    reading: Semaphore,
}

impl Db {
    /// Opens the database file and applies the migrations it lacks.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, or was written by a newer version of the server.
    pub(crate) fn open(path: &Path, options: DbOptions) -> Result<Self, DbError> {
        let mut connection = sqlite::open_writer(path, options.create)?;
        migrations::run(&mut connection)?;
        let readers = ReaderPool::open(path, READERS_MAX)?;
        let writer = Writer::start(connection)?;
        Ok(Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                writer,
                readers,
                reading: Semaphore::new(READERS_MAX),
            }),
        })
    }

    /// Runs `work` in a writing transaction and returns once it is on disk.
    ///
    /// An error from `work` undoes what it wrote and nothing else; writes that arrive together share
    /// one commit. Blocks the calling thread: from async code use [`Db::write`].
    pub(crate) fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        self.inner.writer.submit(work, move |result| {
            // The caller may have gone away with its connection; the write stands regardless.
            let _ = answer.send(result);
        });
        answered.recv().unwrap_or_else(|_| Err(DbError::Closed.into()))
    }

    /// As [`Db::write_blocking`], for async callers.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.inner.writer.submit(work, move |result| {
            let _ = answer.send(result);
        });
        answered.await.unwrap_or_else(|_| Err(DbError::Closed.into()))
    }

    /// Runs `work` against one consistent snapshot, on the calling thread.
    pub(crate) fn read_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E>,
        E: From<DbError>,
    {
        self.inner.readers.read(work)
    }

    /// As [`Db::read_blocking`], for async callers; at most [`READERS_MAX`] at once.
    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let permit = self.inner.reading.acquire().await.map_err(|_| DbError::Closed)?;
        let db = self.clone();
        let result = tokio::task::spawn_blocking(move || db.read_blocking(work)).await;
        drop(permit);
        result.unwrap_or_else(|_| Err(DbError::Panicked.into()))
    }

    /// Copies the database, consistent and while it is written to, into a new file.
    pub(crate) fn backup_to(&self, file: &Path) -> Result<(), DbError> {
        sqlite::backup(&self.inner.path, file)
    }

    /// Moves committed pages out of the write-ahead log. Called when the server is idle, so that no
    /// commit has to.
    pub(crate) fn checkpoint(&self) -> Result<(), DbError> {
        sqlite::checkpoint(&self.inner.path)
    }

    /// Asks the engine to check its own structure; empty when all is well. Names no more than a few of many.
    pub(crate) fn integrity_problems(&self) -> Result<Vec<String>, DbError> {
        self.inner.readers.read(sqlite::integrity_problems)
    }

    /// Holds every change against its hash, and names a few of those that are damaged. A backup with one of them is still
    /// a backup worth having, so this is for [`crate::doctor`] only.
    pub(crate) fn damaged_changes(&self) -> Result<Vec<String>, DbError> {
        self.inner.readers.read(|tx| table::change::damaged(tx, PROBLEMS_MAX))
    }

    /// Size of the database on disk in bytes.
    pub(crate) fn disk_bytes(&self) -> u64 {
        sqlite::disk_bytes(&self.inner.path)
    }
}

#[cfg(test)]
mod tests;
