//! Files of keys and certificates: written whole or not at all, keys readable by their owner only.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::Path,
};

use base64::Engine as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, pem::PemObject as _};

use crate::error::NetError;

/// Writes a file durably in place of any earlier one: temporary file, fsync, rename, fsync of the folder.
pub(crate) fn write_atomically(path: &Path, content: &[u8], secret: bool) -> Result<(), NetError> {
    let temporary = path.with_extension("new");
    write_durably(&temporary, content, secret)?;
    fs::rename(&temporary, path).map_err(|source| failed("replace", path, source))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes and fsyncs one file; a secret one gets mode 0600 before it has content.
pub(crate) fn write_durably(path: &Path, content: &[u8], secret: bool) -> Result<(), NetError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(if secret { 0o600 } else { 0o644 });
    }
    // A leftover of a crashed write could have other rights than asked for.
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(failed("replace", path, error));
        }
        _ => {}
    }
    let mut file = options.open(path).map_err(|source| failed("create", path, source))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|source| failed("write", path, source))
}

/// Makes renames inside a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), NetError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder).and_then(|f| f.sync_all()).map_err(|source| failed("flush", folder, source))
}

/// Makes a folder that only its owner can look into.
pub(crate) fn make_private_folder(folder: &Path) -> Result<(), NetError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|source| failed("create", folder, source))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, NetError> {
    fs::read(path).map_err(|source| failed("read", path, source))
}

pub(crate) fn read_certificate(path: &Path) -> Result<CertificateDer<'static>, NetError> {
    CertificateDer::from_pem_slice(&read(path)?).map_err(|_| NetError::DamagedFile { path: path.to_owned() })
}

pub(crate) fn read_key(path: &Path) -> Result<PrivatePkcs8KeyDer<'static>, NetError> {
    PrivatePkcs8KeyDer::from_pem_slice(&read(path)?)
        .map_err(|_| NetError::DamagedFile { path: path.to_owned() })
}

/// A certificate as PEM text.
pub(crate) fn certificate_pem(der: &[u8]) -> String {
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

pub(crate) fn failed(what: &'static str, path: &Path, source: std::io::Error) -> NetError {
    NetError::File { what, path: path.to_owned(), source }
}
