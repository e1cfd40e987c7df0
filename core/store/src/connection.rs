//! Opening one SQLCipher connection with the settings every connection of a store shares.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};
use crate::key::StoreKey;
use crate::options::{Durability, StoreOptions};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one connection that writes.
    Writer,
    /// A connection of the reader pool.
    Reader,
    /// Copies the write-ahead log back into the database beside the writer.
    Checkpointer,
}

/// How many prepared statements a connection keeps.
const STATEMENT_CACHE: usize = 192;

/// Milliseconds to wait for a lock; only a checkpoint can hold one.
const BUSY_MS: u64 = 10_000;

/// The write-ahead log is cut back to this size when it starts over.
const WAL_BYTES_KEPT: u64 = 32 << 20;

/// Opens the file; it is created when the role is [`Role::Writer`] and it does not exist.
pub(crate) fn open(path: &Path, key: &StoreKey, role: Role, options: &StoreOptions) -> Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if role == Role::Writer {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_MS))?;
    unlock(&connection, "main", key)?;
    readable(&connection)?;
    settings(&connection, role, options)?;
    Ok(connection)
}

/// Gives the key and the cipher's settings to one attached database.
///
/// The key is raw, so opening costs no key derivation. Pages are authenticated with
/// HMAC-SHA256: as strong as the default SHA-512 for this purpose, with a smaller tag per page,
/// and computed by the processor itself where it can.
pub(crate) fn unlock(connection: &Connection, schema: &str, key: &StoreKey) -> Result<()> {
    let mut text = format!(
        "PRAGMA {schema}.key = {};
         PRAGMA {schema}.cipher_page_size = 4096;
         PRAGMA {schema}.cipher_hmac_algorithm = HMAC_SHA256;
         PRAGMA {schema}.cipher_kdf_algorithm = PBKDF2_HMAC_SHA256;",
        key.pragma_literal()
    );
    let done = connection.execute_batch(&text);
    zeroize::Zeroize::zeroize(&mut text);
    Ok(done?)
}

/// The first read decrypts page 1: a wrong key shows here and nowhere later.
fn readable(connection: &Connection) -> Result<()> {
    match connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) {
        Ok(_) => Ok(()),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            Err(Error::WrongKey)
        }
        Err(error) => Err(error.into()),
    }
}

fn settings(connection: &Connection, role: Role, options: &StoreOptions) -> Result<()> {
    if role == Role::Writer {
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        connection.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT as i64)?;
    }
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::Process => "OFF",
    };
    let cache = match role {
        Role::Checkpointer => 64,
        Role::Writer => 2 * options.cache_kib,
        Role::Reader => options.cache_kib,
    };
    connection.execute_batch(&format!(
        "PRAGMA synchronous = {synchronous};
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = OFF;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -{cache};"
    ))?;
    // The checkpointer works beside the writer: a commit must never wait for the copying.
    connection.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
    if role == Role::Reader {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(())
}
