//! The plain form of a batch: whole change chunks, for a receiver who could not rebuild them.

use super::streams::compress;
use super::{BatchError, DecodeLimits};
use crate::header::ChangeHeader;
use crate::leb::{self, Reader};
use crate::types::{ChangeRecord, DocId, KindCode};

pub(super) fn encode(changes: &[ChangeRecord], out: &mut Vec<u8>) -> Result<(), BatchError> {
    let mut payload = Vec::new();
    for change in changes {
        payload.extend_from_slice(&change.doc.0);
        leb::write_u64(&mut payload, u64::from(change.kind.0));
        leb::write_u64(&mut payload, change.bytes.len() as u64);
        payload.extend_from_slice(&change.bytes);
    }
    compress(&payload, out)
}

pub(super) fn decode(
    payload: &[u8],
    count: usize,
    limits: DecodeLimits,
) -> Result<Vec<ChangeRecord>, BatchError> {
    let mut reader = Reader::new(payload);
    if count > reader.remaining() {
        return Err(BatchError::Malformed);
    }
    let mut total = 0;
    let mut changes = Vec::with_capacity(count);
    for _ in 0..count {
        let doc = DocId(reader.array()?);
        let kind = KindCode(u16::try_from(reader.u64()?).map_err(|_| BatchError::Malformed)?);
        let bytes = reader.prefixed()?;
        total += bytes.len();
        if bytes.len() > limits.change_bytes_max || total > limits.raw_bytes_max {
            return Err(BatchError::TooLarge);
        }
        let hash = ChangeHeader::parse(bytes).map_err(|_| BatchError::Malformed)?.hash;
        changes.push(ChangeRecord { doc, kind, hash, bytes: bytes.to_vec() });
    }
    if reader.is_empty() { Ok(changes) } else { Err(BatchError::Malformed) }
}
