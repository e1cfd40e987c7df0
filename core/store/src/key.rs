//! The database key: 32 random bytes in a file that only its owner can read.

use std::fmt;
use std::io::Write;
use std::path::Path;

use zeroize::Zeroize;

use crate::clock::Entropy;
use crate::error::{Error, Result};

/// The key of a node's database. Keys for backups and attachments are derived from it.
#[derive(Clone)]
pub struct StoreKey([u8; 32]);

impl StoreKey {
    /// From bytes drawn elsewhere (a keychain).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Draws a fresh key.
    ///
    /// # Errors
    /// [`Error::NoEntropy`].
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        Ok(Self(entropy.draw()?))
    }

    /// Reads a key file (64 hexadecimal digits).
    ///
    /// # Errors
    /// [`Error::KeyFile`] when others may read it or it holds no key; [`Error::File`].
    pub fn read_file(path: &Path) -> Result<Self> {
        let refused = || Error::KeyFile { path: path.to_owned() };
        if !is_private(path)? {
            return Err(refused());
        }
        let mut text =
            std::fs::read_to_string(path).map_err(|source| Error::file("read key file", path, source))?;
        let mut bytes = [0; 32];
        let decoded = hex::decode_to_slice(text.trim(), &mut bytes);
        text.zeroize();
        decoded.map_err(|_| refused())?;
        Ok(Self(bytes))
    }

    /// Writes the key into a new file with mode 0600, durably.
    ///
    /// # Errors
    /// [`Error::File`], also when the file exists.
    pub fn create_file(&self, path: &Path) -> Result<()> {
        let write = || -> std::io::Result<()> {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path)?;
            let mut text = hex::encode(self.0);
            let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
            text.zeroize();
            written
        };
        write().map_err(|source| Error::file("create key file", path, source))
    }

    /// The literal that `PRAGMA key` takes for a raw key, which needs no key derivation.
    pub(crate) fn pragma_literal(&self) -> String {
        format!("\"x'{}'\"", hex::encode(self.0))
    }

    /// A key for another purpose, from which this one cannot be found.
    pub(crate) fn derive(&self, purpose: &'static str) -> [u8; 32] {
        blake3::derive_key(purpose, &self.0)
    }
}

impl Drop for StoreKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

#[cfg(unix)]
fn is_private(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    let meta = std::fs::metadata(path).map_err(|source| Error::file("read key file", path, source))?;
    Ok(meta.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_path: &Path) -> Result<bool> {
    Ok(true)
}
