//! LEB128 numbers, as Automerge's chunks and our batches write them, and a careful byte reader.

/// A number, length or count that is malformed or runs past the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Appends an unsigned number.
pub(crate) fn write_u64(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed number.
pub(crate) fn write_i64(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = value as u8 & 0x7f;
        value >>= 7;
        let done = (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0);
        if done {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

/// Reads from the front of a slice and never past its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) const fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    /// An unsigned number in its only valid, shortest form.
    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let overlong = shift > 0 && byte == 0;
                let overflow = shift == 63 && byte > 1;
                return if overlong || overflow { Err(Malformed) } else { Ok(value) };
            }
        }
        Err(Malformed)
    }

    /// A number used as a length or an index.
    pub(crate) fn usize(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.u64()?).map_err(|_| Malformed)
    }

    /// A count of things of which each takes at least one byte of what is left: bounds allocations.
    pub(crate) fn count(&mut self) -> Result<usize, Malformed> {
        let count = self.usize()?;
        if count > self.rest.len() { Err(Malformed) } else { Ok(count) }
    }

    /// Bytes behind their length.
    pub(crate) fn prefixed(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.usize()?;
        self.take(length)
    }

    /// A signed number in its only valid, shortest form.
    pub(crate) fn i64(&mut self) -> Result<i64, Malformed> {
        let mut value = 0_i64;
        let mut previous = 0_u8;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let extends = (byte == 0 && previous & 0x40 == 0) || (byte == 0x7f && previous & 0x40 != 0);
                let overflow = shift == 63 && byte != 0 && byte != 0x7f;
                if overflow || (shift > 0 && extends) {
                    return Err(Malformed);
                }
                if shift < 57 && byte & 0x40 != 0 {
                    value |= -1 << (shift + 7);
                }
                return Ok(value);
            }
            previous = byte;
        }
        Err(Malformed)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn unsigned_round_trip(value: u64, low in 0_u64..70_000) {
            for value in [value, low, value >> 7, value >> 21] {
                let mut out = Vec::new();
                write_u64(&mut out, value);
                let mut reader = Reader::new(&out);
                prop_assert_eq!(reader.u64(), Ok(value));
                prop_assert!(reader.is_empty());
            }
        }

        #[test]
        fn signed_round_trip(value: i64, low in -70_000_i64..70_000) {
            for value in [value, low, value >> 7, value >> 40, -1, 0, 63, 64, -64, -65] {
                let mut out = Vec::new();
                write_i64(&mut out, value);
                let mut reader = Reader::new(&out);
                prop_assert_eq!(reader.i64(), Ok(value));
                prop_assert!(reader.is_empty());
            }
        }

        #[test]
        fn what_reads_is_what_would_be_written(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.u64() {
                let mut out = Vec::new();
                write_u64(&mut out, value);
                prop_assert_eq!(&out[..], &bytes[..bytes.len() - reader.remaining()]);
            }
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.i64() {
                let mut out = Vec::new();
                write_i64(&mut out, value);
                prop_assert_eq!(&out[..], &bytes[..bytes.len() - reader.remaining()]);
            }
        }
    }
}
