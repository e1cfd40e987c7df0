//! The one-time code: short enough to read over the phone, strong enough to authenticate both sides.
//!
//! 28 Crockford base32 symbols in seven groups: 13 symbols (65 bits) of the authority's fingerprint, so that the node
//! knows the server; 13 symbols (65 bits) of secret, so that the server knows the node; 2 check symbols, so that a
//! misheard one is noticed before anything is sent.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

use crate::{ca::CaFingerprint, error::NetError};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PART_SYMBOLS: usize = 13;
const CHECK_SYMBOLS: usize = 2;
const SYMBOLS: usize = 2 * PART_SYMBOLS + CHECK_SYMBOLS;
const GROUP_SYMBOLS: usize = 4;

/// A one-time enrolment code.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// Values 0..32, most significant first: the first 65 bits of the fingerprint.
    fingerprint: [u8; PART_SYMBOLS],
    secret: [u8; PART_SYMBOLS],
}

/// Why a text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeProblem {
    /// It has another number of symbols than 28.
    #[error("an enrolment code has 28 letters and digits")]
    Length,
    /// It has a symbol that codes never have.
    #[error("an enrolment code has only letters and digits, and no U")]
    Symbol,
    /// The check symbols do not fit: a symbol was mistyped.
    #[error("the enrolment code has a typing mistake")]
    Check,
}

impl EnrolmentCode {
    /// Draws a new code for the authority.
    pub fn generate(authority: &CaFingerprint) -> Result<Self, NetError> {
        let mut bytes = [0_u8; PART_SYMBOLS];
        getrandom::fill(&mut bytes).map_err(NetError::Entropy)?;
        Ok(Self { fingerprint: fingerprint_symbols(authority), secret: bytes.map(|b| b & 31) })
    }

    /// True when the certificate fingerprint is the one that the code names.
    pub fn names(&self, authority: &CaFingerprint) -> bool {
        self.fingerprint == fingerprint_symbols(authority)
    }

    /// What the server stores and looks codes up by: SHA-256 of the secret, never the secret.
    pub fn hash(&self) -> [u8; 32] {
        hash_secret(&self.secret)
    }

    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret
    }

    fn check(&self) -> [u8; CHECK_SYMBOLS] {
        let digest = Sha256::new()
            .chain_update(b"posto-code-1")
            .chain_update(self.fingerprint)
            .chain_update(self.secret);
        let digest = digest.finalize();
        [digest[0] & 31, digest[1] & 31]
    }
}

impl Drop for EnrolmentCode {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols = self.fingerprint.into_iter().chain(self.secret).chain(self.check());
        for (index, value) in symbols.enumerate() {
            if index > 0 && index % GROUP_SYMBOLS == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(value & 31)]))?;
        }
        Ok(())
    }
}

/// Codes never reach a log.
impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentCode(…)")
    }
}

impl FromStr for EnrolmentCode {
    type Err = CodeProblem;

    /// Forgiving: any case, spaces and dashes anywhere, I and L for 1, O for 0.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut values = [0_u8; SYMBOLS];
        let mut count = 0;
        for symbol in text.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)) {
            let value = value_of(symbol).ok_or(CodeProblem::Symbol)?;
            *values.get_mut(count).ok_or(CodeProblem::Length)? = value;
            count += 1;
        }
        if count != SYMBOLS {
            return Err(CodeProblem::Length);
        }
        let mut code = Self { fingerprint: [0; PART_SYMBOLS], secret: [0; PART_SYMBOLS] };
        code.fingerprint.copy_from_slice(&values[..PART_SYMBOLS]);
        code.secret.copy_from_slice(&values[PART_SYMBOLS..2 * PART_SYMBOLS]);
        let check = code.check();
        values[..2 * PART_SYMBOLS].zeroize();
        if check == values[2 * PART_SYMBOLS..] { Ok(code) } else { Err(CodeProblem::Check) }
    }
}

/// The hash of a secret as it came over the wire; any bytes, since a stranger may have sent them.
pub(crate) fn hash_secret(secret: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(b"posto-enrol-1").chain_update(secret).finalize().into()
}

fn is_dash(symbol: char) -> bool {
    matches!(symbol, '-' | '_' | '.' | '\u{2010}'..='\u{2015}')
}

fn value_of(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    ALPHABET.iter().position(|s| char::from(*s) == symbol).and_then(|p| u8::try_from(p).ok())
}

/// The first 65 bits as base32 values.
fn fingerprint_symbols(fingerprint: &CaFingerprint) -> [u8; PART_SYMBOLS] {
    let mut symbols = [0; PART_SYMBOLS];
    for (index, symbol) in symbols.iter_mut().enumerate() {
        let bit = index * 5;
        let window = u16::from_be_bytes([fingerprint.0[bit / 8], fingerprint.0[bit / 8 + 1]]);
        *symbol = ((window >> (11 - bit % 8)) & 31) as u8;
    }
    symbols
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn code(fingerprint: [u8; 32], secret: [u8; 13]) -> EnrolmentCode {
        EnrolmentCode {
            fingerprint: fingerprint_symbols(&CaFingerprint(fingerprint)),
            secret: secret.map(|b| b & 31),
        }
    }

    proptest! {
        #[test]
        fn a_code_survives_being_read_aloud(fingerprint: [u8; 32], secret: [u8; 13]) {
            let code = code(fingerprint, secret);
            let text = code.to_string();
            prop_assert_eq!(text.len(), 34);
            let heard = text.to_lowercase().replace('-', " ").replace('1', "l").replace('0', "o");
            prop_assert_eq!(text.parse::<EnrolmentCode>().unwrap(), code.clone());
            prop_assert_eq!(heard.parse::<EnrolmentCode>().unwrap(), code.clone());
            prop_assert!(code.names(&CaFingerprint(fingerprint)));
        }

        #[test]
        fn the_first_65_bits_of_the_fingerprint_count(fingerprint: [u8; 32], bit in 0_usize..65) {
            let mut other = fingerprint;
            other[bit / 8] ^= 0x80 >> (bit % 8);
            prop_assert!(!code(fingerprint, [0; 13]).names(&CaFingerprint(other)));
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".{0,60}") {
            let _ = text.parse::<EnrolmentCode>();
        }
    }

    #[test]
    fn mistyped_symbols_are_noticed() {
        let text = code([0xA7; 32], [9; 13]).to_string();
        let mut missed = 0;
        for index in (0..text.len()).filter(|i| (i + 1) % 5 != 0) {
            let wrong = if text.as_bytes()[index] == b'7' { "8" } else { "7" };
            let mut typed = text.clone();
            typed.replace_range(index..=index, wrong);
            missed += usize::from(typed.parse::<EnrolmentCode>().is_ok());
        }
        assert_eq!(missed, 0);
        assert_eq!("".parse::<EnrolmentCode>(), Err(CodeProblem::Length));
        assert_eq!(format!("{text}0").parse::<EnrolmentCode>(), Err(CodeProblem::Length));
        assert_eq!(text.replacen(&text[..1], "U", 1).parse::<EnrolmentCode>(), Err(CodeProblem::Symbol));
    }

    #[test]
    fn codes_differ_and_never_show_in_debug_output() {
        let authority = CaFingerprint([3; 32]);
        let (one, two) =
            (EnrolmentCode::generate(&authority).unwrap(), EnrolmentCode::generate(&authority).unwrap());
        assert_ne!(one, two);
        assert_ne!(one.hash(), two.hash());
        assert_eq!(format!("{one:?}"), "EnrolmentCode(…)");
    }
}
