//! Mutations that find parsers' mistakes: flipped bits, odd lengths, copied and cut pieces, two inputs joined.

use rand::{Rng, RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Bytes that lengths and signs like to break on.
const ODD: &[u8] = &[0, 1, 0x7f, 0x80, 0xfe, 0xff];

pub(crate) struct Mutator(ChaCha8Rng);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// One of the inputs after one to eight mutations.
    pub(crate) fn mutate(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.pick(corpus).clone();
        for _ in 0..self.0.random_range(1..=8) {
            self.step(&mut input, corpus);
        }
        input
    }

    fn step(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        if input.is_empty() {
            input.push(self.0.random());
            return;
        }
        let at = self.0.random_range(0..input.len());
        match self.0.random_range(0..7) {
            0 => input[at] ^= 1 << self.0.random_range(0..8),
            1 => input[at] = ODD[self.0.random_range(0..ODD.len())],
            2 => input.truncate(at),
            3 => {
                let end = (at + self.0.random_range(1..=32)).min(input.len());
                input.drain(at..end);
            }
            4 => {
                let end = (at + self.0.random_range(1..=64)).min(input.len());
                let piece = input[at..end].to_vec();
                let to = self.0.random_range(0..=input.len());
                input.splice(to..to, piece);
            }
            5 => {
                let mut piece = [0; 8];
                self.0.fill_bytes(&mut piece);
                let end = (at + piece.len()).min(input.len());
                input[at..end].copy_from_slice(&piece[..end - at]);
            }
            _ => {
                let other = self.pick(corpus);
                if !other.is_empty() {
                    let from = self.0.random_range(0..other.len());
                    input.truncate(at);
                    input.extend_from_slice(&other[from..]);
                }
            }
        }
    }

    fn pick<'a>(&mut self, corpus: &'a [Vec<u8>]) -> &'a Vec<u8> {
        &corpus[self.0.random_range(0..corpus.len())]
    }
}
