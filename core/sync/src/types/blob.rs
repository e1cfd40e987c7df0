//! Attachments' contents, named by their hash and moved in chunks.

use std::fmt;

/// BLAKE3 hash of an attachment's whole content, or of one chunk of it. The engine compares and
/// carries it; the storages compute and check it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash(pub [u8; 32]);

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({})", hex::encode(&self.0[..6]))
    }
}

impl<C> minicbor::Encode<C> for BlobHash {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for BlobHash {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        <[u8; 32]>::try_from(d.bytes()?)
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("blob hash of the wrong length"))
    }
}

/// One blob and how much of it is held. Chunks are written in order, so one number says it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobProgress {
    /// Which blob.
    pub blob: BlobHash,
    /// Whole size in bytes.
    pub size: u64,
    /// Chunks `0..chunks_held` are stored; a chunk is [`crate::limits::BLOB_CHUNK_BYTES`] but the last.
    pub chunks_held: u32,
}

impl BlobProgress {
    /// How many chunks a blob of this size has; an empty blob has none.
    #[must_use]
    pub fn chunk_count(size: u64) -> u32 {
        u32::try_from(size.div_ceil(crate::limits::BLOB_CHUNK_BYTES as u64)).unwrap_or(u32::MAX)
    }
}

/// What a node's storage wants moved, oldest first, at most [`crate::limits::BLOBS_LISTED_MAX`] each way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlobWork {
    /// Complete local blobs the server has not confirmed.
    pub upload: Vec<BlobProgress>,
    /// Blobs that documents here refer to and whose content is missing or partial.
    pub download: Vec<BlobProgress>,
}
