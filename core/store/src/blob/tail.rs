//! How the bytes of an upload come into its file, piece by piece, so that none that was answered for is ever at risk.
//!
//! The database says how many bytes have arrived, and its commit is the switch: until then all writes go where nothing
//! lies that counts (chunks beyond, a tail of another name), and after it what counted before is removed. A crash anywhere
//! leaves the one or the other.

use super::file::{BlobFile, Nonce};
use crate::error::{Error, Result};

/// Where an upload goes on.
#[derive(Debug)]
pub(super) enum Begun {
    /// What is there of the chunk that comes next.
    Chunk(Vec<u8>),
    /// Of what was answered for, only the bytes before `expected` are there.
    Unsound { expected: u64 },
}

impl BlobFile {
    /// Looks for what an upload of `received` bytes needs to go on.
    pub(super) fn begin(&self, received: u64, draw: &mut dyn FnMut() -> Result<Nonce>) -> Result<Begun> {
        let chunk_bytes = self.chunk_bytes as u64;
        let whole = self.whole_chunks()?.min(received / chunk_bytes);
        let unsound = Begun::Unsound { expected: whole * chunk_bytes };
        if whole < received / chunk_bytes {
            return Ok(unsound);
        }
        let filled = (received % chunk_bytes) as usize;
        if filled == 0 {
            return Ok(Begun::Chunk(Vec::new()));
        }
        if let Some(tail) = self.read_tail(received)?.filter(|tail| tail.len() == filled) {
            return Ok(Begun::Chunk(tail));
        }
        // Before tails there were, the unfinished chunk was written in its place, maybe with more than was answered for.
        let mut chunk = match self.read_chunk(whole as u32) {
            Ok(chunk) if chunk.len() >= filled => chunk,
            Ok(_) | Err(Error::DamagedBlob) => return Ok(unsound),
            Err(_) if !self.exists() => return Ok(unsound),
            Err(error) => return Err(error),
        };
        chunk.truncate(filled);
        // Its place is written again soon.
        self.write_tail(received, draw()?, &chunk)?;
        Ok(Begun::Chunk(chunk))
    }

    /// Puts `bytes` behind the `received` ones, whose unfinished chunk is `chunk`, and answers how many there are then.
    /// They count when the database says so.
    pub(super) fn extend(
        &self,
        mut chunk: Vec<u8>,
        mut received: u64,
        size: u64,
        mut bytes: &[u8],
        draw: &mut dyn FnMut() -> Result<Nonce>,
    ) -> Result<u64> {
        while !bytes.is_empty() {
            let index = (received / self.chunk_bytes as u64) as u32;
            let (now, later) = bytes.split_at(bytes.len().min(self.chunk_bytes - chunk.len()));
            chunk.extend_from_slice(now);
            received += now.len() as u64;
            bytes = later;
            if chunk.len() == self.chunk_bytes || received == size {
                self.write_chunk(index, draw()?, &chunk)?;
                chunk.clear();
            }
        }
        if !chunk.is_empty() {
            self.write_tail(received, draw()?, &chunk)?;
        }
        Ok(received)
    }
}
