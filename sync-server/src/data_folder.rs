//! The server's data folder: what lies where, who may read it, and that one process serves it at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Paths inside the data folder.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    #[error("another sync-server is serving {0}; one process per data folder")]
    InUse(PathBuf),
    #[error("{0} is not a server's data folder; run `sync-server init --data {0}` first")]
    NotInitialised(PathBuf),
    #[error("{0} holds a server already; `init` changes nothing in it")]
    Initialised(PathBuf),
    #[error("the data folder {0} cannot be used")]
    Io(PathBuf, #[source] io::Error),
}

/// Held while a process serves the folder; the lock goes with it, however the process ends.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl DataFolder {
    /// The folder at `path`; nothing is touched yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn database(&self) -> PathBuf {
        self.0.join("server.db")
    }

    pub fn authority(&self) -> PathBuf {
        self.0.join("ca")
    }

    pub fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }

    /// The erasure ledger: beside the database, so that a restored backup does not undo an erasure.
    pub fn erasures(&self) -> PathBuf {
        self.0.join("erasures.ndjson")
    }

    /// The ledger of revoked nodes, beside the database for the same reason.
    pub fn revocations(&self) -> PathBuf {
        self.0.join("revocations.ndjson")
    }

    pub fn config(&self) -> PathBuf {
        self.0.join("server.toml")
    }

    /// Where `init` builds the database before it counts.
    pub(crate) fn database_in_making(&self) -> PathBuf {
        self.0.join("server.db.making")
    }

    /// Makes the folders, readable by their owner only, and room for a new database.
    pub(crate) fn create(&self) -> Result<(), DataFolderError> {
        for folder in [self.0.clone(), self.blobs()] {
            DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|e| self.failed(e))?;
        }
        if self.database().exists() {
            return Err(DataFolderError::Initialised(self.0.clone()));
        }
        // The database takes its mode from the file it finds.
        let making = self.database_in_making();
        let file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(making);
        file.map(drop).map_err(|e| self.failed(e))
    }

    /// The new database is whole: from now on this folder is an installation.
    pub(crate) fn complete(&self) -> Result<(), DataFolderError> {
        let finish = || {
            std::fs::rename(self.database_in_making(), self.database())?;
            File::open(&self.0)?.sync_all()
        };
        finish().map_err(|e| self.failed(e))
    }

    /// Fails unless `init` was here.
    pub fn require(&self) -> Result<(), DataFolderError> {
        if self.database().exists() && self.authority().exists() {
            Ok(())
        } else {
            Err(DataFolderError::NotInitialised(self.0.clone()))
        }
    }

    /// Takes the folder for this process.
    pub fn lock(&self) -> Result<FolderLock, DataFolderError> {
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(self.0.join("lock"));
        let file = file.map_err(|e| self.failed(e))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock(file)),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::InUse(self.0.clone())),
            Err(TryLockError::Error(error)) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: io::Error) -> DataFolderError {
        DataFolderError::Io(self.0.clone(), error)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_serves_one_process_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(dir.path());
        let lock = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(DataFolderError::InUse(_))));
        drop(lock);
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn a_folder_is_initialised_once() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(dir.path().join("new"));
        assert!(matches!(folder.require(), Err(DataFolderError::NotInitialised(_))));
        folder.create().unwrap();
        folder.create().unwrap();
        assert!(folder.require().is_err(), "an `init` that was cut off can be done again");
        folder.complete().unwrap();
        assert!(matches!(folder.create(), Err(DataFolderError::Initialised(_))));
    }
}
