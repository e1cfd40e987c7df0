//! Reads the numbers and pieces that Automerge's chunks are made of, in place.

use crate::Error;
use crate::error::Corrupt;

/// What is left to read.
#[derive(Default)]
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn take(&mut self, length: u64) -> Result<&'a [u8], Error> {
        let length = usize::try_from(length).map_err(|_| Corrupt::Undecodable)?;
        let (head, tail) = self.0.split_at_checked(length).ok_or(Corrupt::Undecodable)?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn skip(&mut self, length: u64) -> Result<(), Error> {
        self.take(length).map(|_| ())
    }

    pub(crate) fn skip_prefixed(&mut self) -> Result<(), Error> {
        let length = self.unsigned()?;
        self.skip(length)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        let (first, rest) = self.0.split_first().ok_or(Corrupt::Undecodable)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn unsigned(&mut self) -> Result<u64, Error> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Corrupt::Undecodable.into())
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Error> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let bits = shift + 7;
                let negative = bits < 64 && byte & 0x40 != 0;
                return Ok(if negative { value | (-1 << bits) } else { value });
            }
        }
        Err(Corrupt::Undecodable.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number in its shortest form; `None` for any other. That is the only form some of Automerge's readers take.
    #[inline]
    pub(crate) fn canonical_unsigned(&mut self) -> Option<u64> {
        if let [first @ ..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Some(u64::from(*first));
        }
        let before = self.0;
        let value = self.unsigned().ok()?;
        let bytes = before.len() - self.0.len();
        let last = before[bytes - 1];
        // Ten bytes hold 70 bits: of the last one only the lowest counts.
        (last != 0 && (bytes < 10 || last == 1)).then_some(value)
    }

    /// The same for a signed number, of at most eight bytes.
    #[inline]
    pub(crate) fn canonical_signed(&mut self) -> Option<i64> {
        if let [first @ ..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Some(i64::from((*first << 1) as i8 >> 1));
        }
        let before = self.0;
        let value = self.signed().ok()?;
        let bytes = before.len() - self.0.len();
        let (last, second) = (before[bytes - 1], before[bytes - 2]);
        let overlong = (last == 0 && second & 0x40 == 0) || (last == 0x7f && second & 0x40 != 0);
        (bytes <= 8 && !overlong).then_some(value)
    }

    /// Bytes behind their length in its shortest form.
    #[inline]
    pub(crate) fn canonical_prefixed(&mut self) -> Option<&'a [u8]> {
        let length = self.canonical_unsigned()?;
        self.take(length).ok()
    }
}
