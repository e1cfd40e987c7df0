//! The embedded driver: everything that is SQLite's own stands in this file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::{Connection, OpenFlags};

use super::{DbError, Tx};

/// A command line that writes beside a running server waits this long for its turn.
const BUSY_TIMEOUT_MS: u64 = 10_000;
/// Pages of 8 KiB hold some sixteen first changes of a patient, compressed, with little waste.
const PAGE_BYTES: u32 = 8_192;
/// The write-ahead log is normally emptied by [`checkpoint`] between bursts; beyond this a commit does it (64 MiB).
const WAL_PAGES_MAX: u32 = 8_192;

/// Turns the shared query text into SQLite's: `$1` is `?1` (its own `$1` would be a *name*), and a row
/// lock is nothing, because a writing transaction already holds the whole file.
pub(super) fn dialect(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') && !sql.contains("FOR UPDATE") {
        return Cow::Borrowed(sql);
    }
    Cow::Owned(sql.replace('$', "?").replace(" FOR UPDATE SKIP LOCKED", "").replace(" FOR UPDATE", ""))
}

/// A schema in the shared text, in SQLite's words: only `INTEGER PRIMARY KEY` is the row's own number.
pub(super) fn schema_dialect(sql: &str) -> String {
    sql.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTEA", "BLOB")
}

pub(super) fn open_writer(path: &Path, create: bool) -> Result<Connection, DbError> {
    if !create && !path.exists() {
        return Err(DbError::Missing);
    }
    let connection = Connection::open(path).map_err(DbError::Open)?;
    configure(&connection).map_err(DbError::Open)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES_MAX)?;
    connection.pragma_update(None, "journal_size_limit", i64::from(WAL_PAGES_MAX) * i64::from(PAGE_BYTES))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

fn open_reader(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(DbError::Open)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS)).map_err(DbError::Open)?;
    connection.pragma_update(None, "query_only", true).map_err(DbError::Open)?;
    connection.pragma_update(None, "cache_size", -4_096).map_err(DbError::Open)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Reading connections; a reader waits until one is free.
pub(super) struct ReaderPool {
    free: Receiver<Connection>,
    give_back: Sender<Connection>,
}

impl ReaderPool {
    pub(super) fn open(path: &Path, count: usize) -> Result<Self, DbError> {
        let (give_back, free) = crossbeam_channel::bounded(count);
        for _ in 0..count {
            // The channel has room for exactly these.
            let _ = give_back.send(open_reader(path)?);
        }
        Ok(Self { free, give_back })
    }

    pub(super) fn read<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.free.recv().map_err(|_| DbError::Closed)?;
        let lent = Lent { connection: Some(connection), give_back: &self.give_back };
        let Some(connection) = lent.connection.as_ref() else { return Err(DbError::Closed.into()) };
        connection.execute_batch("BEGIN").map_err(DbError::statement)?;
        work(&Tx { connection })
    }
}

/// Gives the connection back however the reading ends, a panic included.
struct Lent<'a> {
    connection: Option<Connection>,
    give_back: &'a Sender<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            if !connection.is_autocommit() {
                // A reader has nothing to keep; failing to end would only hold an old snapshot.
                let _ = connection.execute_batch("ROLLBACK");
            }
            let _ = self.give_back.send(connection);
        }
    }
}

pub(super) fn checkpoint(path: &Path) -> Result<(), DbError> {
    let connection = Connection::open(path).map_err(DbError::Open)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(DbError::Open)?;
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(DbError::statement)
}

pub(super) fn backup(source: &Path, target: &Path) -> Result<(), DbError> {
    let from = open_reader(source)?;
    let mut to = Connection::open(target).map_err(DbError::Backup)?;
    {
        let copy = rusqlite::backup::Backup::new(&from, &mut to).map_err(DbError::Backup)?;
        copy.run_to_completion(1_024, Duration::from_millis(1), None).map_err(DbError::Backup)?;
    }
    // One file, no log beside it: the copy can be moved as it is.
    to.pragma_update(None, "journal_mode", "DELETE").map_err(DbError::Backup)?;
    to.close().map_err(|(_, error)| DbError::Backup(error))
}

pub(super) fn integrity_problems(tx: &Tx<'_>) -> Result<Vec<String>, DbError> {
    let mut lines = tx.rows("PRAGMA integrity_check(20)", &[], |row| row.text(0))?;
    lines.retain(|line| line != "ok");
    lines.extend(tx.rows("PRAGMA foreign_key_check", &[], |row| {
        row.text(0).map(|table| format!("{table}: a row points to nothing"))
    })?);
    Ok(lines)
}

pub(super) fn disk_bytes(path: &Path) -> u64 {
    let wal = PathBuf::from(format!("{}-wal", path.display()));
    [path, wal.as_path()].iter().filter_map(|file| std::fs::metadata(file).ok()).map(|data| data.len()).sum()
}
