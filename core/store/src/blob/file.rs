//! One encrypted file of 1 MiB chunks. Each chunk is sealed on its own with a fresh nonce, so that
//! any part can be read alone and a chunk can be written again.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use posto_sync::limits::BLOB_CHUNK_BYTES;

use crate::error::{Error, Result};

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// What a full chunk takes in the file.
const SEALED_BYTES: u64 = (BLOB_CHUNK_BYTES + NONCE_BYTES + TAG_BYTES) as u64;

pub(super) struct BlobFile {
    path: PathBuf,
    cipher: XChaCha20Poly1305,
    name: [u8; 16],
}

impl BlobFile {
    pub(super) fn new(path: PathBuf, key: &[u8; 32], name: [u8; 16]) -> Self {
        let key = blake3::keyed_hash(key, &name);
        Self { path, cipher: XChaCha20Poly1305::new(Key::from_slice(key.as_bytes())), name }
    }

    pub(super) fn exists(&self) -> bool {
        self.path.exists()
    }

    /// A file that cannot be removed is only wasted space: nothing names it.
    pub(super) fn remove(&self) {
        drop(std::fs::remove_file(&self.path));
    }

    /// Writes chunk `index` and waits until it is on disk.
    pub(super) fn write_chunk(&self, index: u32, nonce: [u8; NONCE_BYTES], bytes: &[u8]) -> Result<()> {
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: bytes, aad: &self.place(index) })
            .map_err(|_| Error::DamagedBlob)?;
        let write = || -> std::io::Result<()> {
            let mut file = File::options().create(true).truncate(false).write(true).open(&self.path)?;
            file.seek(SeekFrom::Start(u64::from(index) * SEALED_BYTES))?;
            file.write_all(&nonce)?;
            file.write_all(&sealed)?;
            file.sync_data()
        };
        write().map_err(|source| Error::file("write attachment", &self.path, source))
    }

    pub(super) fn read_chunk(&self, index: u32) -> Result<Vec<u8>> {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(u64::from(index) * SEALED_BYTES))?;
            let mut sealed = Vec::with_capacity(SEALED_BYTES as usize);
            file.take(SEALED_BYTES).read_to_end(&mut sealed)?;
            Ok(sealed)
        };
        let sealed = read().map_err(|source| Error::file("read attachment", &self.path, source))?;
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(Error::DamagedBlob)?;
        self.cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: &self.place(index) })
            .map_err(|_| Error::DamagedBlob)
    }

    /// BLAKE3 of the first `chunks` chunks together.
    pub(super) fn hash(&self, chunks: u32) -> Result<[u8; 32]> {
        let mut hash = blake3::Hasher::new();
        for index in 0..chunks {
            hash.update(&self.read_chunk(index)?);
        }
        Ok(*hash.finalize().as_bytes())
    }

    /// A chunk is valid in its own place only.
    fn place(&self, index: u32) -> [u8; 20] {
        let mut place = [0; 20];
        place[..16].copy_from_slice(&self.name);
        place[16..].copy_from_slice(&index.to_be_bytes());
        place
    }
}
