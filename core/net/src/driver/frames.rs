//! Cuts a QUIC stream into frames without copying twice and without trusting a length before there is room for it.

use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits;

/// A stream's bytes as frames.
pub(super) struct Frames {
    stream: quinn::RecvStream,
    /// Read from QUIC, not yet taken.
    chunk: Bytes,
}

/// A frame with the room it takes up.
pub(super) struct Received {
    pub(super) frame: Vec<u8>,
    pub(super) room: Option<OwnedSemaphorePermit>,
}

/// Why no more frames come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The peer finished or reset the stream, or the connection is gone.
    Gone,
    /// The peer broke the format or a limit.
    Violation(&'static str),
}

impl Frames {
    pub(super) fn new(stream: quinn::RecvStream) -> Self {
        Self { stream, chunk: Bytes::new() }
    }

    /// The next frame of at most `bytes_max` bytes; waits for room in `budget` before it reads a large one.
    pub(super) async fn next(
        &mut self,
        bytes_max: usize,
        budget: Option<&Arc<Semaphore>>,
    ) -> Result<Received, End> {
        let length = self.length().await?;
        if length > bytes_max {
            return Err(End::Violation("a frame over its limit"));
        }
        let room = match budget.filter(|_| length > limits::SMALL_FRAME_BYTES) {
            Some(budget) => {
                let wanted = u32::try_from(length).map_err(|_| End::Violation("a frame over its limit"))?;
                Some(budget.clone().acquire_many_owned(wanted).await.map_err(|_| End::Gone)?)
            }
            None => None,
        };
        // Without room set aside the vector grows only as bytes really come.
        let capacity = if room.is_some() { length } else { length.min(limits::SMALL_FRAME_BYTES) };
        let mut frame = Vec::with_capacity(capacity);
        while frame.len() < length {
            let missing = length - frame.len();
            if self.chunk.is_empty() {
                self.refill(End::Violation("a stream that ends within a frame")).await?;
            }
            let taken = self.chunk.split_to(self.chunk.len().min(missing));
            frame.extend_from_slice(&taken);
        }
        Ok(Received { frame, room })
    }

    /// LEB128 of at most four bytes, minimal.
    async fn length(&mut self) -> Result<usize, End> {
        let mut length = 0;
        for index in 0..4 {
            if self.chunk.is_empty() {
                let at_end =
                    if index == 0 { End::Gone } else { End::Violation("a stream that ends within a length") };
                self.refill(at_end).await?;
            }
            let byte = self.chunk.get_u8();
            length |= usize::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                let minimal = index == 0 || byte != 0;
                return if minimal { Ok(length) } else { Err(End::Violation("a malformed frame length")) };
            }
        }
        Err(End::Violation("a malformed frame length"))
    }

    async fn refill(&mut self, at_end: End) -> Result<(), End> {
        match self.stream.read_chunk(64 * 1024, true).await {
            Ok(Some(chunk)) => {
                self.chunk = chunk.bytes;
                Ok(())
            }
            Ok(None) => Err(at_end),
            Err(_) => Err(End::Gone),
        }
    }
}
