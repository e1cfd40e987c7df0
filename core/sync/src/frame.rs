//! Frames: a LEB128 length, then that many bytes.

use crate::limits::FRAME_BYTES_MAX;

/// A stream that cannot be cut into frames any more; the session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Longer than [`FRAME_BYTES_MAX`].
    #[error("frame longer than {FRAME_BYTES_MAX} bytes")]
    TooLong,
    /// The length is not minimal LEB128 of at most four bytes.
    #[error("malformed frame length")]
    BadLength,
}

/// Appends `frame` with its length to `out`.
pub fn write_frame(frame: &[u8], out: &mut Vec<u8>) {
    let mut length = frame.len();
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(frame);
}

/// Cuts a byte stream into frames. Holds at most one frame and what arrived behind it.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
    start: usize,
}

impl FrameReader {
    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, or `None` until more bytes come.
    ///
    /// # Errors
    /// [`FrameError`]; the reader must not be used afterwards.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        let rest = &self.buffer[self.start..];
        let Some((length, prefix)) = read_length(rest)? else {
            return Ok(None);
        };
        let Some(frame) = rest.get(prefix..prefix + length) else {
            return Ok(None);
        };
        let frame = frame.to_vec();
        self.start += prefix + length;
        Ok(Some(frame))
    }
}

/// Length of the frame and bytes of its prefix; `None` when the prefix is not complete.
fn read_length(bytes: &[u8]) -> Result<Option<(usize, usize)>, FrameError> {
    let mut length = 0_usize;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            if index > 0 && *byte == 0 {
                return Err(FrameError::BadLength);
            }
            if length > FRAME_BYTES_MAX {
                return Err(FrameError::TooLong);
            }
            return Ok(Some((length, index + 1)));
        }
    }
    if bytes.len() >= 4 {
        return Err(FrameError::BadLength);
    }
    Ok(None)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_cutting_of_the_stream_gives_the_same_frames(
            frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..400), 0..12),
            cut in 1_usize..50,
        ) {
            let mut stream = Vec::new();
            for frame in &frames {
                write_frame(frame, &mut stream);
            }
            let mut reader = FrameReader::default();
            let mut read = Vec::new();
            for piece in stream.chunks(cut) {
                reader.push(piece);
                while let Some(frame) = reader.next_frame().unwrap() {
                    read.push(frame);
                }
            }
            prop_assert_eq!(read, frames);
        }

        #[test]
        fn hostile_streams_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = FrameReader::default();
            reader.push(&bytes);
            while let Ok(Some(_)) = reader.next_frame() {}
        }
    }

    #[test]
    fn a_frame_over_the_limit_is_refused_before_its_bytes_come() {
        let mut reader = FrameReader::default();
        reader.push(&[0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(reader.next_frame(), Err(FrameError::TooLong));
    }
}
