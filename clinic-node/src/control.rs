//! The operator's way to a node that runs: one request and one answer over a connection on this machine.
//!
//! A running node writes `control.json` (0600) into its data folder: where it listens on loopback, and a token of
//! this run. Who can read the folder may ask; nobody else can.

pub(crate) mod ask;
mod listen;

use std::net::SocketAddr;
use std::path::Path;

use posto_store::Entropy;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operations::Operation;

pub(crate) use listen::Control;

/// Longest request or answer line.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// The content of `control.json`.
#[derive(Serialize, Deserialize)]
struct Door {
    address: SocketAddr,
    token: String,
}

#[derive(Serialize, Deserialize)]
struct Request {
    token: String,
    operation: Operation,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Report(Value),
    Refused(ask::Refused),
}

impl Door {
    fn new(address: SocketAddr, entropy: &dyn Entropy) -> Result<Self, posto_store::Error> {
        let mut token = [0; 32];
        entropy.fill(&mut token)?;
        Ok(Self { address, token: hex::encode(token) })
    }

    /// Whole or not at all: a reader never finds half of it.
    fn write(&self, path: &Path) -> std::io::Result<()> {
        let fresh = path.with_extension("json.new");
        match std::fs::remove_file(&fresh) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        serde_json::to_writer(options.open(&fresh)?, self)?;
        std::fs::rename(&fresh, path)
    }

    fn read(path: &Path) -> std::io::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// Compared by hash, which takes equally long wherever two tokens differ.
    fn opens_with(&self, token: &str) -> bool {
        blake3::hash(token.as_bytes()) == blake3::hash(self.token.as_bytes())
    }
}
