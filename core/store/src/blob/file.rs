//! One encrypted file of chunks, of 1 MiB. Each chunk is sealed on its own with a fresh nonce, so that
//! any part can be read alone and a chunk can be written again.
//!
//! A chunk that was answered for is never written again: a write in place that is refused or torn in its middle would
//! destroy it. What an upload has of its next chunk therefore waits beside the file, in one that is named by how many bytes
//! had arrived with it: `<name>.<received>`, its tail.

use std::path::PathBuf;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use super::BlobFolder;
use super::disk::Disk;
use crate::error::{Error, Result};

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// Fresh for each chunk that is sealed.
pub(super) type Nonce = [u8; NONCE_BYTES];

pub(super) struct BlobFile {
    path: PathBuf,
    cipher: XChaCha20Poly1305,
    name: [u8; 16],
    pub(super) chunk_bytes: usize,
    disk: Arc<dyn Disk>,
}

impl BlobFile {
    pub(super) fn new(folder: &BlobFolder, name: [u8; 16]) -> Self {
        let key = blake3::keyed_hash(&folder.key, &name);
        Self {
            path: folder.folder.join(hex::encode(name)),
            cipher: XChaCha20Poly1305::new(Key::from_slice(key.as_bytes())),
            name,
            chunk_bytes: folder.chunk_bytes,
            disk: folder.disk.clone(),
        }
    }

    /// What a full chunk takes in the file.
    fn sealed_bytes(&self) -> u64 {
        (self.chunk_bytes + NONCE_BYTES + TAG_BYTES) as u64
    }

    pub(super) fn exists(&self) -> bool {
        self.path.exists()
    }

    /// A file that cannot be removed is only wasted space: nothing names it.
    pub(super) fn remove(&self) {
        drop(self.disk.remove(&self.path));
    }

    /// Chunks before the file's end.
    pub(super) fn whole_chunks(&self) -> Result<u64> {
        match std::fs::metadata(&self.path) {
            Ok(file) => Ok(file.len() / self.sealed_bytes()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(Error::file("read attachment", &self.path, source)),
        }
    }

    /// Writes chunk `index` and waits until it is on disk.
    pub(super) fn write_chunk(&self, index: u32, nonce: Nonce, bytes: &[u8]) -> Result<()> {
        let sealed = self.seal(nonce, &self.place(index), bytes)?;
        let at = u64::from(index) * self.sealed_bytes();
        let written = self.disk.write(&self.path, at, &sealed).and_then(|()| match index {
            // The first one makes the file.
            0 => self.disk.sync_folder(&self.path),
            _ => Ok(()),
        });
        written.map_err(|source| Error::file("write attachment", &self.path, source))
    }

    pub(super) fn read_chunk(&self, index: u32) -> Result<Vec<u8>> {
        let sealed = self
            .disk
            .read(&self.path, u64::from(index) * self.sealed_bytes(), self.sealed_bytes())
            .map_err(|source| Error::file("read attachment", &self.path, source))?;
        self.open(&self.place(index), &sealed)
    }

    /// Writes the tail of the first `received` bytes and waits until it is on disk.
    pub(super) fn write_tail(&self, received: u64, nonce: Nonce, bytes: &[u8]) -> Result<()> {
        let sealed = self.seal(nonce, &self.tail_place(received), bytes)?;
        let path = self.tail_path(received);
        let written = self.disk.write(&path, 0, &sealed).and_then(|()| self.disk.sync_folder(&path));
        written.map_err(|source| {
            // Half of it would only take room, of which there may be too little.
            drop(self.disk.remove(&path));
            Error::file("write attachment", &path, source)
        })
    }

    /// The tail of the first `received` bytes, where there is a sound one.
    pub(super) fn read_tail(&self, received: u64) -> Result<Option<Vec<u8>>> {
        let path = self.tail_path(received);
        match self.disk.read(&path, 0, self.sealed_bytes()) {
            Ok(sealed) => Ok(self.open(&self.tail_place(received), &sealed).ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::file("read attachment", &path, source)),
        }
    }

    pub(super) fn remove_tail(&self, received: u64) {
        drop(self.disk.remove(&self.tail_path(received)));
    }

    /// BLAKE3 of the first `chunks` chunks together.
    pub(super) fn hash(&self, chunks: u32) -> Result<[u8; 32]> {
        let mut hash = blake3::Hasher::new();
        for index in 0..chunks {
            hash.update(&self.read_chunk(index)?);
        }
        Ok(*hash.finalize().as_bytes())
    }

    fn tail_path(&self, received: u64) -> PathBuf {
        self.path.with_extension(received.to_string())
    }

    /// Nonce and sealed bytes, as they lie in a file.
    fn seal(&self, nonce: Nonce, place: &[u8], bytes: &[u8]) -> Result<Vec<u8>> {
        let body = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: bytes, aad: place })
            .map_err(|_| Error::DamagedBlob)?;
        Ok([&nonce[..], &body].concat())
    }

    fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(Error::DamagedBlob)?;
        self.cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: place })
            .map_err(|_| Error::DamagedBlob)
    }

    /// A chunk is valid in its own place only.
    fn place(&self, index: u32) -> [u8; 20] {
        let mut place = [0; 20];
        place[..16].copy_from_slice(&self.name);
        place[16..].copy_from_slice(&index.to_be_bytes());
        place
    }

    /// A tail is valid after its own number of bytes only. Longer than a chunk's place, thus never one.
    fn tail_place(&self, received: u64) -> [u8; 24] {
        let mut place = [0; 24];
        place[..16].copy_from_slice(&self.name);
        place[16..].copy_from_slice(&received.to_be_bytes());
        place
    }
}
