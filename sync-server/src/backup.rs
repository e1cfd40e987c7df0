//! Backups: database, authority, configuration and attachments in one file, verified before it counts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use posto_domain::record_number::{NumberRange, RANGE_SIZE_DEFAULT};
use posto_sync::Epoch;
use serde::Serialize;

use crate::clock::Clock;
use crate::data_folder::{DataFolder, DataFolderError};
use crate::directory::{Directory, DirectoryError};
use crate::erasure::{ErasureError, Ledger, LedgerLine};
use crate::installation::{Installation, InstallationError};
use crate::ledger::{self, LedgerError};
use crate::random::{self, NoEntropy};
use crate::revocation::{Line, Revocations};
use crate::storage::table::{admin_session, clinic, enrolment_code, installation, node, number_range, scope};
use crate::storage::{Db, DbError, DbOptions};

/// Record numbers passed over at a restore, per clinic: ranges given out since the backup are not known, and no
/// number may be given twice.
const NUMBERS_PASSED_OVER: i64 = 1_000 * RANGE_SIZE_DEFAULT;
const DATABASE: &str = "server.db";
const PARTS: &[&str] = &["ca", "server.toml", "blobs"];
const COMPRESSION_LEVEL: i32 = 3;

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    #[error("the backup file could not be written or read")]
    File(#[source] io::Error),
    #[error("the backup is not whole: {0}")]
    NotWhole(&'static str),
    #[error("the database of the backup is damaged")]
    Damaged,
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    #[error(transparent)]
    Erasure(#[from] ErasureError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("nodes and people could not be revoked again")]
    Revocations(#[from] DirectoryError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error(transparent)]
    Installation(#[from] InstallationError),
}

/// What a backup holds.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub bytes: u64,
    pub changes: u64,
    pub scopes: usize,
}

/// What a restore did.
#[derive(Debug, Serialize)]
pub(crate) struct Restored {
    pub changes: u64,
    pub scopes: usize,
    pub erased_again: usize,
    pub revoked_again: usize,
    pub deactivated_again: usize,
}

/// Ledgers of the lost server, for a folder that does not have them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ledgers<'a> {
    pub erasures: Option<&'a Path>,
    pub revocations: Option<&'a Path>,
}

/// Writes a backup beside its final name, reads it back, and only then gives it that name.
pub(crate) fn write(from: &Installation, out: &Path) -> Result<Summary, BackupError> {
    let work = Workspace::beside(out)?;
    let copy = work.0.join(DATABASE);
    from.db.backup_to(&copy)?;
    let packed = work.0.join("packed");
    pack(from.folder.path(), &copy, &packed).map_err(BackupError::File)?;
    let unpacked = work.0.join("unpacked");
    unpack(&packed, &unpacked).map_err(BackupError::File)?;
    let (changes, scopes) = verify(&unpacked)?;
    let bytes = fs::metadata(&packed).map_err(BackupError::File)?.len();
    fs::rename(&packed, out).map_err(BackupError::File)?;
    sync_folder(out).map_err(BackupError::File)?;
    Ok(Summary { bytes, changes, scopes })
}

/// Puts a backup into a folder without an installation. Scopes get new epochs, the ledgers are applied.
pub(crate) fn restore(
    folder: &DataFolder,
    from: &Path,
    ledgers: Ledgers<'_>,
    clock: &Clock,
) -> Result<Restored, BackupError> {
    fs::create_dir_all(folder.path()).map_err(BackupError::File)?;
    let _lock = folder.lock()?;
    if folder.database().exists() {
        return Err(DataFolderError::Initialised(folder.path().to_owned()).into());
    }
    if let Some(given) = ledgers.erasures.filter(|_| !folder.erasures().exists()) {
        ledger::adopt::<LedgerLine>(given, &folder.erasures())?;
    }
    if let Some(given) = ledgers.revocations.filter(|_| !folder.revocations().exists()) {
        ledger::adopt::<Line>(given, &folder.revocations())?;
    }
    let work = Workspace(folder.path().join("restoring"));
    unpack(from, &work.0).map_err(BackupError::File)?;
    verify(&work.0)?;
    for part in PARTS.iter().filter(|part| work.0.join(part).exists()) {
        fs::rename(work.0.join(part), folder.path().join(part)).map_err(BackupError::File)?;
    }
    let db = Db::open(&work.0.join(DATABASE), DbOptions { create: false })?;
    let (changes, scopes) = renew(&db, clock.now_ms())?;
    let erased_again = Ledger::of(folder).apply(&db)?;
    let directory = Arc::new(Directory::open(&db, clock.clone())?);
    let again = Revocations::of(folder).apply(&db, &directory)?;
    db.checkpoint()?;
    drop(db);
    // The database goes last: a folder that has one is complete.
    fs::rename(work.0.join(DATABASE), folder.database()).map_err(BackupError::File)?;
    sync_folder(&folder.database()).map_err(BackupError::File)?;
    drop(work);
    Installation::open(folder.clone(), clock.clone())?;
    Ok(Restored {
        changes,
        scopes,
        erased_again,
        revoked_again: again.nodes,
        deactivated_again: again.people,
    })
}

/// A restored log may lack what nodes were told is safe: new epochs make every node prove what it holds.
fn renew(db: &Db, now_ms: i64) -> Result<(u64, usize), BackupError> {
    db.write_blocking(move |tx| {
        installation::set(tx, installation::RESTORED_AT, &now_ms.to_be_bytes())?;
        node::set_all_offline(tx)?;
        // A code may have been used since the backup; whoever still waits with one asks for another.
        enrolment_code::delete_unused(tx)?;
        // A session may have been ended since the backup; whoever still works signs in again.
        admin_session::delete_all(tx)?;
        let (mut changes, mut scopes) = (0, 0);
        for mut row in scope::list(tx)? {
            row.epoch = Epoch(random::bytes()?);
            scope::update(tx, &row)?;
            changes += row.count;
            scopes += 1;
        }
        for row in clinic::list(tx)? {
            let next = number_range::next_free(tx, row.id)?;
            number_range::insert(
                tx,
                row.id,
                None,
                NumberRange { next, end: next + NUMBERS_PASSED_OVER },
                now_ms,
            )?;
        }
        Ok((changes, scopes))
    })
}

/// Opens an unpacked backup as far as needed to know that it can be restored.
fn verify(folder: &Path) -> Result<(u64, usize), BackupError> {
    if !folder.join("ca/ca.key").exists() || !folder.join("ca/ca.pem").exists() {
        return Err(BackupError::NotWhole("the certificate authority is missing"));
    }
    let db = Db::open(&folder.join(DATABASE), DbOptions { create: false })?;
    if !db.integrity_problems()?.is_empty() {
        return Err(BackupError::Damaged);
    }
    let rows = db.read_blocking::<_, DbError, _>(scope::list)?;
    Ok((rows.iter().map(|row| row.count).sum(), rows.len()))
}

fn pack(data: &Path, database: &Path, out: &Path) -> io::Result<()> {
    let file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(out)?;
    let mut encoder = zstd::Encoder::new(BufWriter::new(file), COMPRESSION_LEVEL)?;
    encoder.include_checksum(true)?;
    let mut archive = tar::Builder::new(encoder);
    archive.append_path_with_name(database, DATABASE)?;
    for part in PARTS {
        let path = data.join(part);
        if path.is_dir() {
            archive.append_dir_all(part, &path)?;
        } else if path.exists() {
            archive.append_path_with_name(&path, part)?;
        }
    }
    let file = archive.into_inner()?.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// Unpacks into a fresh folder; a path that leads out of it is refused.
fn unpack(archive: &Path, into: &Path) -> io::Result<()> {
    fs::create_dir_all(into)?;
    let decoder = zstd::Decoder::new(BufReader::new(File::open(archive)?))?;
    let mut archive = tar::Archive::new(decoder);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        let inside = entry.path()?.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || !(kind.is_file() || kind.is_dir()) || !entry.unpack_in(into)? {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "an entry that is no plain file of a backup",
            ));
        }
    }
    Ok(())
}

fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// A folder for half-done work, removed at the end however it comes.
struct Workspace(PathBuf);

impl Workspace {
    fn beside(out: &Path) -> Result<Self, BackupError> {
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", random::token::<6>()?));
        let folder = out.with_file_name(name);
        fs::create_dir_all(&folder).map_err(BackupError::File)?;
        Ok(Self(folder))
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a working folder could not be removed");
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::doctor;
    use crate::setup::Setup;

    fn world() -> (tempfile::TempDir, DataFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(dir.path().join("server"));
        let setup = Setup::init(folder.clone(), "a@b", "correct-horse-battery", Clock::system()).unwrap();
        setup.add_clinic("Um", "BR").unwrap();
        (dir, folder)
    }

    #[test]
    fn a_restored_server_is_the_same_with_new_epochs() {
        let (dir, folder) = world();
        let out = dir.path().join("backup");
        let from = Installation::open(folder, Clock::system()).unwrap();
        write(&from, &out).unwrap();
        let before = from.db.read_blocking::<_, DbError, _>(scope::list).unwrap();

        let restored = DataFolder::new(dir.path().join("again"));
        restore(&restored, &out, Ledgers::default(), &Clock::system()).unwrap();
        let again = Installation::open(restored.clone(), Clock::system()).unwrap();
        assert_eq!(again.desk.authority.fingerprint(), from.desk.authority.fingerprint());
        let after = again.db.read_blocking::<_, DbError, _>(scope::list).unwrap();
        for (old, new) in before.iter().zip(&after) {
            assert_eq!((old.scope, old.head, old.fingerprint), (new.scope, new.head, new.fingerprint));
            assert_ne!(old.epoch, new.epoch);
        }
        assert!(doctor::examine(&again).unwrap().ok);
        assert!(
            restore(&restored, &out, Ledgers::default(), &Clock::system()).is_err(),
            "a folder in use is left alone"
        );
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "no working folder is left behind");
    }

    #[test]
    fn a_torn_or_hostile_backup_restores_nothing() {
        let (dir, folder) = world();
        let out = dir.path().join("backup");
        write(&Installation::open(folder, Clock::system()).unwrap(), &out).unwrap();
        let whole = fs::read(&out).unwrap();
        let torn = dir.path().join("torn");
        fs::write(&torn, &whole[..whole.len() / 2]).unwrap();
        let target = DataFolder::new(dir.path().join("again"));
        assert!(restore(&target, &torn, Ledgers::default(), &Clock::system()).is_err());
        assert!(!target.database().exists());

        let mut archive = tar::Builder::new(zstd::Encoder::new(File::create(&torn).unwrap(), 1).unwrap());
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..11].copy_from_slice(b"../escaped\0");
        header.set_size(1);
        header.set_cksum();
        archive.append(&header, &b"x"[..]).unwrap();
        archive.into_inner().unwrap().finish().unwrap();
        assert!(restore(&target, &torn, Ledgers::default(), &Clock::system()).is_err());
        assert!(!dir.path().join("escaped").exists() && !target.path().join("../escaped").exists());
    }
}
