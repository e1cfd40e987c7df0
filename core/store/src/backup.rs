//! Backups: one file with the whole database and the attachments, made while the clinic works,
//! encrypted with the database's key, and checked after writing.
//!
//! Layout: magic, header length (u32, big endian), header (JSON), BLAKE3 of all that follows, then
//! the sections: for each a name (16 bytes), a length (u64) and the bytes. Section zero is the
//! database; the others are attachment files as they are on disk, which are encrypted themselves.

mod archive;
mod restore;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use serde::{Deserialize, Serialize};

use crate::connection;
use crate::error::{Error, Result};
use crate::key::StoreKey;
use crate::schema;
use crate::store::Store;

pub use restore::{restore, verify_backup};

/// What stands at the head of a backup, readable without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupInfo {
    /// Version of this file format.
    pub format: u32,
    /// Schema version of the database in it.
    pub schema: u32,
    /// When it was made, by the node's clock, Unix milliseconds.
    pub created_ms: u64,
    /// Documents in it.
    pub documents: u64,
    /// Changes in it.
    pub changes: u64,
    /// Attachment files in it.
    pub attachments: u64,
}

/// Version of the backup format.
pub(crate) const FORMAT: u32 = 1;

/// Pages copied at a time; between two steps writes go on.
const PAGES_PER_STEP: i32 = 256;

impl Store {
    /// Writes a backup to `out`, which must not exist, and reads it back before it counts.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::File`], [`Error::Backup`] when what was written cannot be read
    /// again. No file is left behind then.
    pub fn backup(&self, out: &Path) -> Result<BackupInfo> {
        if out.exists() {
            return Err(Error::AlreadyExists { path: out.to_owned() });
        }
        let copy = beside(out, "database");
        let partial = beside(out, "partial");
        let done = self.write_backup(&copy, &partial).and_then(|info| {
            restore::check(&partial, &self.shared().key, &beside(out, "check"))?;
            std::fs::rename(&partial, out).map_err(|source| Error::file("name backup", out, source))?;
            archive::sync_folder(out)?;
            Ok(info)
        });
        archive::remove_database(&copy);
        drop(std::fs::remove_file(&partial));
        done
    }

    fn write_backup(&self, copy: &Path, partial: &Path) -> Result<BackupInfo> {
        self.copy_database(copy)?;
        let files = self.read(|r| r.held_blob_files())?;
        let (documents, changes) = self.read(|r| r.log_size())?;
        let folder = self.folder().join("blobs");
        let held: Vec<([u8; 16], PathBuf)> = files
            .into_iter()
            .map(|(_, name)| (name, folder.join(hex::encode(name))))
            .filter(|(_, path)| path.exists())
            .collect();
        let info = BackupInfo {
            format: FORMAT,
            schema: schema::VERSION,
            created_ms: self.shared().now_ms(),
            documents,
            changes,
            attachments: held.len() as u64,
        };
        archive::write(partial, &info, copy, &held)?;
        Ok(info)
    }

    /// SQLite's online backup into another file under the same key.
    fn copy_database(&self, copy: &Path) -> Result<()> {
        archive::remove_database(copy);
        let shared = self.shared();
        let source =
            connection::open(&shared.database, &shared.key, connection::Role::Checkpointer, &shared.options)?;
        let mut target = rusqlite::Connection::open(copy)?;
        connection::unlock(&target, "main", &shared.key)?;
        let backup = Backup::new(&source, &mut target)?;
        backup.run_to_completion(PAGES_PER_STEP, Duration::ZERO, None)?;
        drop(backup);
        target.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}

/// A file beside `out` that only this backup uses.
fn beside(out: &Path, what: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    PathBuf::from(name)
}

impl crate::transaction::ReadTx<'_> {
    fn log_size(&self) -> Result<(u64, u64)> {
        let mut statement =
            self.statement("SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM change)")?;
        Ok(statement.query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?)
    }
}

/// Opens a copied database without making it anyone's.
pub(crate) fn open_copy(path: &Path, key: &StoreKey) -> Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    connection::unlock(&connection, "main", key)?;
    match connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) {
        Ok(_) => Ok(connection),
        Err(_) => Err(Error::WrongKey),
    }
}
