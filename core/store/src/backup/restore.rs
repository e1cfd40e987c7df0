//! Reading a backup back: to check it, or to begin a node from it.

use std::path::Path;

use super::{BackupInfo, archive, open_copy};
use crate::clock::{Clock, Entropy};
use crate::doctor::quick_check;
use crate::error::{Error, Result};
use crate::key::StoreKey;
use crate::lock::FolderLock;
use crate::meta::{INSTANCE, RESTORED_MS};
use crate::numbers::pass_over_restored;
use crate::schema;
use crate::store::DATABASE_FILE;

/// Checks that a backup is whole and opens with the key. `scratch` is a folder with room for the
/// database.
///
/// # Errors
/// [`Error::Backup`], [`Error::WrongKey`], [`Error::DamagedFile`].
pub fn verify_backup(path: &Path, key: &StoreKey, scratch: &Path) -> Result<BackupInfo> {
    check(path, key, &scratch.join("posto-backup-check.db"))
}

pub(super) fn check(path: &Path, key: &StoreKey, copy: &Path) -> Result<BackupInfo> {
    let checked = archive::extract(path, copy, None).and_then(|info| {
        let connection = open_copy(copy, key)?;
        quick_check(&connection)?;
        let held = connection.query_row("SELECT count(*) FROM change", [], |row| row.get::<_, i64>(0))?;
        if held as u64 != info.changes {
            return Err(Error::Backup("it does not hold what it says"));
        }
        Ok(info)
    });
    archive::remove_database(copy);
    checked
}

/// Begins a data folder from a backup.
///
/// The database gets a new instance number: the server then sends this node its own changes again
/// that were made after the backup. Sessions end. The audit chain goes on where the backup ends.
/// Erasures made since are carried out again with the next sync.
///
/// # Errors
/// [`Error::AlreadyExists`] when the folder holds a database; [`Error::InUse`]; [`Error::NewerSchema`];
/// as [`verify_backup`]. The folder is as it was then.
pub fn restore(
    backup: &Path,
    folder: &Path,
    key: &StoreKey,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<BackupInfo> {
    std::fs::create_dir_all(folder).map_err(|source| Error::file("create folder", folder, source))?;
    let _lock = FolderLock::take(folder)?;
    let database = folder.join(DATABASE_FILE);
    if database.exists() {
        return Err(Error::AlreadyExists { path: database });
    }
    let info = archive::read_info(backup)?;
    if info.schema > schema::VERSION {
        return Err(Error::NewerSchema { found: info.schema, supported: schema::VERSION });
    }
    let blobs = folder.join("blobs");
    std::fs::create_dir_all(&blobs).map_err(|source| Error::file("create folder", &blobs, source))?;
    let copy = folder.join("posto.db.restoring");
    archive::remove_database(&copy);
    let restored = archive::extract(backup, &copy, Some(&blobs)).and_then(|info| {
        renew(&copy, key, &blobs, clock.now_ms(), entropy)?;
        std::fs::rename(&copy, &database)
            .map_err(|source| Error::file("name database", &database, source))?;
        archive::sync_folder(&database)?;
        Ok(info)
    });
    if restored.is_err() {
        archive::remove_database(&copy);
    }
    restored
}

fn renew(copy: &Path, key: &StoreKey, blobs: &Path, now_ms: u64, entropy: &dyn Entropy) -> Result<()> {
    let connection = open_copy(copy, key)?;
    quick_check(&connection)?;
    // One file, no log beside it: it is renamed next.
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    connection.execute_batch("PRAGMA synchronous = FULL; BEGIN IMMEDIATE; DELETE FROM session;")?;
    let mut instance: [u8; 8] = entropy.draw()?;
    // Odd: a server that sees it knows that numbers it granted may have been given and forgotten.
    instance[7] |= 1;
    pass_over_restored(&connection)?;
    for (key, value) in [(INSTANCE, instance), (RESTORED_MS, now_ms.to_be_bytes())] {
        connection.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
            rusqlite::params![key, value],
        )?;
    }
    // What was uploading is gone; attachments that the backup lacks are fetched again. It has none that were half here.
    connection.execute("DELETE FROM upload", [])?;
    connection.execute("UPDATE blob SET chunks_held = 0 WHERE state = 0", [])?;
    let held: Vec<[u8; 16]> = connection
        .prepare("SELECT file FROM blob WHERE state > 0 AND size > 0")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for name in held.into_iter().filter(|name| !blobs.join(hex::encode(name)).exists()) {
        connection.execute("UPDATE blob SET state = 0, chunks_held = 0 WHERE file = ?1", [name])?;
    }
    connection.execute_batch("COMMIT")?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}
