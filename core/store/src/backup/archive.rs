//! The file format of a backup.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{BackupInfo, FORMAT};
use crate::error::{Error, Result};

const MAGIC: &[u8; 8] = b"POSTOBK\x01";
const HEADER_BYTES_MAX: u32 = 64 << 10;
/// The database's section.
const DATABASE: [u8; 16] = [0; 16];

pub(super) fn write(
    path: &Path,
    info: &BackupInfo,
    database: &Path,
    files: &[([u8; 16], PathBuf)],
) -> Result<()> {
    let header = serde_json::to_vec(info).map_err(|_| Error::Backup("header"))?;
    let write = || -> std::io::Result<()> {
        let mut out = BufWriter::new(File::create_new(path)?);
        out.write_all(MAGIC)?;
        out.write_all(&(header.len() as u32).to_be_bytes())?;
        out.write_all(&header)?;
        let hash_at = out.stream_position()?;
        out.write_all(&[0; 32])?;
        let mut hash = blake3::Hasher::new();
        hash.update(&header);
        section(&mut out, &mut hash, DATABASE, database)?;
        for (name, file) in files {
            section(&mut out, &mut hash, *name, file)?;
        }
        out.seek(SeekFrom::Start(hash_at))?;
        out.write_all(hash.finalize().as_bytes())?;
        out.into_inner()?.sync_all()
    };
    write().map_err(|source| Error::file("write backup", path, source))
}

fn section(
    out: &mut impl Write,
    hash: &mut blake3::Hasher,
    name: [u8; 16],
    path: &Path,
) -> std::io::Result<()> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut head = [0; 24];
    head[..16].copy_from_slice(&name);
    head[16..].copy_from_slice(&length.to_be_bytes());
    out.write_all(&head)?;
    hash.update(&head);
    let copied = copy(&mut file.take(length), out, hash)?;
    // A file that shrank meanwhile would shift everything behind it.
    if copied == length { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}

fn copy(from: &mut impl Read, to: &mut impl Write, hash: &mut blake3::Hasher) -> std::io::Result<u64> {
    let mut buffer = vec![0; 256 << 10];
    let mut copied = 0;
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(copied);
        }
        let piece = &buffer[..count];
        hash.update(piece);
        to.write_all(piece)?;
        copied += count as u64;
    }
}

/// Reads the header only.
pub(super) fn read_info(path: &Path) -> Result<BackupInfo> {
    let mut file =
        BufReader::new(File::open(path).map_err(|source| Error::file("open backup", path, source))?);
    header(&mut file).map(|(info, _)| info)
}

fn header(file: &mut impl Read) -> Result<(BackupInfo, Vec<u8>)> {
    let mut magic = [0; 8];
    let mut length = [0; 4];
    let mut read = || -> std::io::Result<Vec<u8>> {
        file.read_exact(&mut magic)?;
        file.read_exact(&mut length)?;
        let mut header = Vec::new();
        file.take(u64::from(u32::from_be_bytes(length).min(HEADER_BYTES_MAX))).read_to_end(&mut header)?;
        Ok(header)
    };
    let header = read().map_err(|_| Error::Backup("it ends early"))?;
    if &magic != MAGIC {
        return Err(Error::Backup("it is not a backup"));
    }
    let info: BackupInfo =
        serde_json::from_slice(&header).map_err(|_| Error::Backup("its header is damaged"))?;
    if info.format > FORMAT {
        return Err(Error::Backup("it was made by a newer version"));
    }
    Ok((info, header))
}

/// Takes a backup apart: the database to `database`, attachment files into `blobs` (nowhere, when
/// absent). Nothing may be used before this has answered without an error: the hash comes last.
pub(super) fn extract(path: &Path, database: &Path, blobs: Option<&Path>) -> Result<BackupInfo> {
    let file = File::open(path).map_err(|source| Error::file("open backup", path, source))?;
    let mut file = BufReader::new(file);
    let (info, head) = header(&mut file)?;
    let mut claimed = [0; 32];
    file.read_exact(&mut claimed).map_err(|_| Error::Backup("it ends early"))?;
    let mut hash = blake3::Hasher::new();
    hash.update(&head);
    loop {
        let mut head = [0; 24];
        match file.read(&mut head[..1]) {
            Ok(0) => break,
            Ok(_) => file.read_exact(&mut head[1..]).map_err(|_| Error::Backup("it ends early"))?,
            Err(source) => return Err(Error::file("read backup", path, source)),
        }
        hash.update(&head);
        let (name, length) = head.split_at(16);
        let length = length.iter().fold(0, |length, byte| (length << 8) | u64::from(*byte));
        let target = if name == DATABASE {
            Some(database.to_owned())
        } else {
            blobs.map(|blobs| blobs.join(hex::encode(name)))
        };
        let mut part = (&mut file).take(length);
        let copied = match target {
            Some(target) => to_file(&mut part, &target, &mut hash)?,
            None => copy(&mut part, &mut std::io::sink(), &mut hash)
                .map_err(|source| Error::file("read backup", path, source))?,
        };
        if copied != length {
            return Err(Error::Backup("it ends early"));
        }
    }
    if hash.finalize().as_bytes() != &claimed {
        return Err(Error::Backup("its content is damaged"));
    }
    Ok(info)
}

fn to_file(from: &mut impl Read, target: &Path, hash: &mut blake3::Hasher) -> Result<u64> {
    let mut write = || -> std::io::Result<u64> {
        let mut out = File::create(target)?;
        let copied = copy(from, &mut out, hash)?;
        out.sync_all()?;
        Ok(copied)
    };
    write().map_err(|source| Error::file("write restored file", target, source))
}

/// A database file with what SQLite may have put beside it.
pub(super) fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        drop(std::fs::remove_file(name));
    }
}

/// A new name is durable only when its folder is.
pub(super) fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| Error::file("sync folder", folder, source))
}
