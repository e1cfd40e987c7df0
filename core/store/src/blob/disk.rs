//! What attachment files ask of the disk. A test puts one in its place that refuses and tears writes.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

pub(super) trait Disk: Send + Sync {
    /// Writes at `at` of a file, which is made where there is none, and waits until it is on disk.
    fn write(&self, path: &Path, at: u64, bytes: &[u8]) -> Result<()>;
    /// Waits until the name of a new file is on disk, too.
    fn sync_folder(&self, path: &Path) -> Result<()>;
    fn remove(&self, path: &Path) -> Result<()>;

    /// At most `length` bytes from `at`; fewer at the end of the file.
    fn read(&self, path: &Path, at: u64, length: u64) -> Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::with_capacity(length as usize);
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The machine's own.
pub(super) struct SystemDisk;

impl Disk for SystemDisk {
    fn write(&self, path: &Path, at: u64, bytes: &[u8]) -> Result<()> {
        let mut file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)?;
        file.sync_data()
    }

    fn sync_folder(&self, path: &Path) -> Result<()> {
        match path.parent() {
            // Elsewhere a folder cannot be opened, and its journal has the name already.
            Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }

    fn remove(&self, path: &Path) -> Result<()> {
        std::fs::remove_file(path)
    }
}
