//! ULIDs as what they are: milliseconds, a generator and a counter.
//!
//! Ids drawn by one process share 8 bytes and count up; entry keys and document ids in a patient's
//! first change therefore shrink from 26 characters each to almost nothing.

use std::collections::HashMap;

use super::streams::{Stream, StreamsIn, StreamsOut};
use crate::leb::Malformed;

/// Length of the text form.
pub(super) const TEXT_BYTES: usize = 26;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const INVALID: u8 = 0xff;
const VALUES: [u8; 256] = {
    let mut values = [INVALID; 256];
    let mut index = 0;
    while index < ALPHABET.len() {
        values[ALPHABET[index] as usize] = index as u8;
        index += 1;
    }
    values
};

/// The id a text stands for, if it is a ULID in its canonical form.
pub(super) fn parse(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != TEXT_BYTES || text[0] > b'7' {
        return None;
    }
    let mut id = 0_u128;
    for byte in text {
        let value = VALUES[usize::from(*byte)];
        if value == INVALID {
            return None;
        }
        id = id << 5 | u128::from(value);
    }
    Some(id.to_be_bytes())
}

/// Appends the canonical text.
pub(super) fn write_text(id: [u8; 16], out: &mut Vec<u8>) {
    let value = u128::from_be_bytes(id);
    out.extend((0..TEXT_BYTES).rev().map(|place| ALPHABET[(value >> (5 * place)) as usize & 31]));
}

/// What both sides remember of the ids that passed.
#[derive(Debug, Default)]
pub(super) struct UlidModel {
    generators: HashMap<[u8; 8], usize>,
    order: Vec<([u8; 8], u16)>,
}

impl UlidModel {
    /// Writes an id that was probably drawn around `time_ms`.
    pub(super) fn write(&mut self, id: [u8; 16], time_ms: i64, out: &mut StreamsOut) {
        let (ms, generator, counter) = take_apart(id);
        out.signed(Stream::UlidMs, (ms as i64).wrapping_sub(time_ms));
        let index = match self.generators.get(&generator) {
            Some(index) => {
                out.number(Stream::UlidGenerator, *index as u64 + 1);
                *index
            }
            None => {
                out.number(Stream::UlidGenerator, 0);
                out.at(Stream::UlidGeneratorNew).extend_from_slice(&generator);
                self.add(generator)
            }
        };
        let last = &mut self.order[index].1;
        out.signed(Stream::UlidCounter, i64::from(counter.wrapping_sub(*last) as i16));
        *last = counter;
    }

    /// Reads what [`Self::write`] wrote.
    pub(super) fn read(&mut self, time_ms: i64, streams: &mut StreamsIn<'_>) -> Result<[u8; 16], Malformed> {
        let ms = streams.signed(Stream::UlidMs)?.wrapping_add(time_ms);
        let index = match streams.number(Stream::UlidGenerator)? {
            0 => {
                let generator = streams.at(Stream::UlidGeneratorNew).array()?;
                self.add(generator)
            }
            known => usize::try_from(known - 1).map_err(|_| Malformed)?,
        };
        let (generator, last) = self.order.get_mut(index).ok_or(Malformed)?;
        let delta = i16::try_from(streams.signed(Stream::UlidCounter)?).map_err(|_| Malformed)?;
        *last = last.wrapping_add(delta as u16);
        let ms = u64::try_from(ms).ok().filter(|ms| *ms < 1 << 48).ok_or(Malformed)?;
        Ok(put_together(ms, *generator, *last))
    }

    fn add(&mut self, generator: [u8; 8]) -> usize {
        let index = self.order.len();
        self.generators.insert(generator, index);
        self.order.push((generator, 0));
        index
    }
}

fn take_apart(id: [u8; 16]) -> (u64, [u8; 8], u16) {
    let value = u128::from_be_bytes(id);
    ((value >> 80) as u64, ((value >> 16) as u64).to_be_bytes(), value as u16)
}

fn put_together(ms: u64, generator: [u8; 8], counter: u16) -> [u8; 16] {
    let value = u128::from(ms) << 80 | u128::from(u64::from_be_bytes(generator)) << 16 | u128::from(counter);
    value.to_be_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_round_trip(id: [u8; 16]) {
            let mut text = Vec::new();
            write_text(id, &mut text);
            prop_assert_eq!(parse(&text), Some(id));
        }

        #[test]
        fn model_round_trip(ids: Vec<([u8; 16], i64)>) {
            let mut out = StreamsOut::new();
            let mut model = UlidModel::default();
            for (id, time_ms) in &ids {
                model.write(*id, *time_ms, &mut out);
                model.write(*id, *time_ms, &mut out);
            }
            let mut packed = Vec::new();
            out.finish(&mut packed).unwrap();
            let payload = super::super::streams::decompress(crate::leb::Reader::new(&packed), 1 << 20).unwrap();
            let mut streams = StreamsIn::new(&payload).unwrap();
            let mut model = UlidModel::default();
            for (id, time_ms) in &ids {
                prop_assert_eq!(model.read(*time_ms, &mut streams), Ok(*id));
                prop_assert_eq!(model.read(*time_ms, &mut streams), Ok(*id));
            }
            prop_assert_eq!(streams.finish(), Ok(()));
        }
    }

    #[test]
    fn other_texts_of_the_length_are_not_ulids() {
        for text in ["8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01arz3ndektsv4rrffq69g5fav", "Rua das Flores, 12 fundos "]
        {
            assert_eq!(parse(text.as_bytes()), None);
        }
    }
}
