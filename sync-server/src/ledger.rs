//! Ledger files: what must outlive the database lies beside it, as JSON lines, and is no part of backups.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a ledger could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("{0} could not be read or written")]
    File(PathBuf, #[source] io::Error),
    #[error("line {line} of {file} is malformed")]
    Malformed {
        /// Which ledger.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
    },
}

impl LedgerError {
    pub(crate) fn is_disk_full(&self) -> bool {
        matches!(self, Self::File(_, error) if posto_sync::no_room::says_no_room(error.kind()))
    }
}

/// Appends lines. When this returns they are on the disk.
pub(crate) fn append<T: Serialize + DeserializeOwned>(path: &Path, lines: &[T]) -> Result<(), LedgerError> {
    let write = || -> io::Result<()> {
        let mut text = String::new();
        for line in lines {
            text.push_str(&serde_json::to_string(line)?);
            text.push('\n');
        }
        let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)?;
        // A command may write beside the running server.
        file.lock()?;
        mend::<T>(&mut file)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().map_err(|error| LedgerError::File(path.to_owned(), error))
}

/// Ends a last line that a crash left without an end: a torn one goes, or it would spoil the next.
fn mend<T: DeserializeOwned>(file: &mut File) -> io::Result<()> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    match &bytes[whole..] {
        [] => Ok(()),
        rest if serde_json::from_slice::<T>(rest).is_ok() => file.write_all(b"\n"),
        _ => file.set_len(whole as u64),
    }
}

/// All lines; none when there is no file. A last line that a crash tore is not one yet.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, LedgerError> {
    let failed = |error| LedgerError::File(path.to_owned(), error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let texts: Vec<String> = BufReader::new(file).lines().collect::<Result<_, _>>().map_err(failed)?;
    let mut lines = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match serde_json::from_str(text) {
            Ok(line) => lines.push(line),
            Err(_) if index + 1 == texts.len() => {}
            Err(_) => return Err(LedgerError::Malformed { file: path.to_owned(), line: index + 1 }),
        }
    }
    Ok(lines)
}

/// Takes the ledger of a lost server over, once it was found readable.
pub(crate) fn adopt<T: DeserializeOwned>(given: &Path, path: &Path) -> Result<(), LedgerError> {
    read::<T>(given)?;
    let copy = || -> io::Result<()> {
        std::fs::copy(given, path)?;
        File::open(path)?.sync_all()
    };
    copy().map_err(|error| LedgerError::File(path.to_owned(), error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_takes_no_other_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        append(&path, &["one".to_owned(), "two".to_owned()]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let before = read::<String>(&path).unwrap();
            append(&path, &["three".to_owned()]).unwrap();
            let after = read::<String>(&path).unwrap();
            assert_eq!(after, [before, vec!["three".to_owned()]].concat(), "torn after {length} bytes");
        }
    }

    #[test]
    fn a_ledger_that_is_damaged_or_missing_is_not_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let (given, path) = (dir.path().join("given"), dir.path().join("ledger"));
        std::fs::write(&given, "\"one\"\n\"tw\n\"three\"\n").unwrap();
        assert!(matches!(adopt::<String>(&given, &path), Err(LedgerError::Malformed { line: 2, .. })));
        assert!(adopt::<String>(&dir.path().join("nowhere"), &path).is_err());
        assert!(!path.exists());
    }
}
