//! The lock file that keeps a second process out of a data folder.

use std::fs::File;
use std::path::Path;

use fs4::{FileExt, TryLockError};

use crate::error::{Error, Result};

/// Held as long as the store is open; the operating system gives it back after a crash.
#[derive(Debug)]
pub(crate) struct FolderLock(#[expect(dead_code, reason = "dropping the file releases the lock")] File);

impl FolderLock {
    /// Takes `folder/lock`.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process has it.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| Error::file("open lock file", &path, source))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::InUse { path: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(Error::file("lock", &path, source)),
        }
    }
}
