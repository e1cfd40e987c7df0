//! The fingerprint of a set of changes: the sum of their hashes modulo 2^256.

use std::fmt;

use super::ChangeHash;

/// Sum modulo 2^256 of change hashes, read as little-endian integers.
///
/// Adding and removing cost the same small time at any set size, order does not matter, and two
/// equal sums of SHA-256 values mean equal sets for anyone who cannot choose the hashes freely.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fingerprint([u64; 4]);

impl Fingerprint {
    /// The fingerprint of the empty set.
    pub const EMPTY: Self = Self([0; 4]);

    /// Adds one change.
    pub fn add(&mut self, hash: &ChangeHash) {
        *self = self.plus(&Self::from_bytes(hash.0));
    }

    /// Removes one change that had been added.
    pub fn sub(&mut self, hash: &ChangeHash) {
        *self = self.minus(&Self::from_bytes(hash.0));
    }

    /// The fingerprint of two disjoint sets together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = [0; 4];
        let mut carry = false;
        for (i, limb) in sum.iter_mut().enumerate() {
            let (partial, first) = self.0[i].overflowing_add(other.0[i]);
            let (total, second) = partial.overflowing_add(u64::from(carry));
            *limb = total;
            carry = first || second;
        }
        Self(sum)
    }

    /// The fingerprint of this set without a part of it.
    #[must_use]
    pub fn minus(&self, part: &Self) -> Self {
        let mut rest = [0; 4];
        let mut borrow = false;
        for (i, limb) in rest.iter_mut().enumerate() {
            let (partial, first) = self.0[i].overflowing_sub(part.0[i]);
            let (total, second) = partial.overflowing_sub(u64::from(borrow));
            *limb = total;
            borrow = first || second;
        }
        Self(rest)
    }

    /// 32 bytes, little endian: what databases store and the wire carries.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&limb.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut limbs = [0; 4];
        for (chunk, limb) in bytes.chunks_exact(8).zip(limbs.iter_mut()) {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            *limb = u64::from_le_bytes(word);
        }
        Self(limbs)
    }
}

impl<'a> FromIterator<&'a ChangeHash> for Fingerprint {
    fn from_iter<I: IntoIterator<Item = &'a ChangeHash>>(hashes: I) -> Self {
        let mut sum = Self::EMPTY;
        for hash in hashes {
            sum.add(hash);
        }
        sum
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", hex::encode(&self.to_bytes()[..6]))
    }
}

impl<C> minicbor::Encode<C> for Fingerprint {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.to_bytes())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Fingerprint {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        <[u8; 32]>::try_from(d.bytes()?)
            .map(Self::from_bytes)
            .map_err(|_| minicbor::decode::Error::message("fingerprint of the wrong length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn removing_undoes_adding(a: [u8; 32], b: [u8; 32], start: [u8; 32]) {
            let before = Fingerprint::from_bytes(start);
            let mut sum = before;
            sum.add(&ChangeHash(a));
            sum.add(&ChangeHash(b));
            sum.sub(&ChangeHash(a));
            sum.sub(&ChangeHash(b));
            prop_assert_eq!(sum, before);
        }

        #[test]
        fn bytes_round_trip(bytes: [u8; 32]) {
            prop_assert_eq!(Fingerprint::from_bytes(bytes).to_bytes(), bytes);
        }
    }

    #[test]
    fn carries_cross_limbs() {
        let mut sum = Fingerprint::from_bytes([0xff; 32]);
        let mut one = [0; 32];
        one[0] = 1;
        sum.add(&ChangeHash(one));
        assert_eq!(sum, Fingerprint::EMPTY);
    }
}
