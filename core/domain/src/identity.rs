//! Rules of official documents: check digits, issuing rules, masks.

use serde::Deserialize;

use crate::jurisdiction::{Characters, DocumentKind};
use crate::normalise::normalise_document;

/// Rules that a jurisdiction pack can ask for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validator {
    Cpf,
    Cnpj,
    Cns,
    Pis,
    Cnh,
    Ssn,
    Itin,
    Mbi,
    Npi,
}

/// What is wrong with a document's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFault {
    /// Too short, too long, or characters the kind does not have.
    Format,
    /// The digits do not add up, or such a number is never issued.
    Check,
}

impl DocumentFault {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Format => "invalid_format",
            Self::Check => "invalid_check_digit",
        }
    }
}

impl DocumentKind {
    /// The value as it is stored: without the characters of the mask, upper case. Kinds without a mask,
    /// validator or character set keep their punctuation.
    pub fn store_form(&self, value: &str) -> String {
        match (&self.mask, self.validator, self.characters) {
            (None, None, Characters::Any) => value.trim().to_owned(),
            _ => normalise_document(value),
        }
    }

    /// Whether a value (with or without mask) is right.
    pub fn check(&self, value: &str) -> Result<(), DocumentFault> {
        let value = self.store_form(value);
        let fits = match self.characters {
            Characters::Digits => value.bytes().all(|byte| byte.is_ascii_digit()),
            Characters::Alphanumeric => value.chars().all(char::is_alphanumeric),
            Characters::Any => true,
        };
        let length = value.chars().count();
        if !fits
            || length < self.length_min.unwrap_or(1)
            || self.length_max.is_some_and(|length_max| length > length_max)
        {
            return Err(DocumentFault::Format);
        }
        self.validator.map_or(Ok(()), |validator| validator.check(&value))
    }

    /// As people read it: with the mask where the value fills it exactly.
    pub fn display(&self, value: &str) -> String {
        self.mask.as_deref().and_then(|mask| apply_mask(mask, value)).unwrap_or_else(|| value.to_owned())
    }
}

/// Puts `value` into `mask` (`#` a digit, `*` a letter or digit), if it fits exactly.
pub fn apply_mask(mask: &str, value: &str) -> Option<String> {
    let mut rest = value.chars();
    let mut shown = String::with_capacity(mask.len());
    for place in mask.chars() {
        shown.push(match place {
            '#' => rest.next().filter(char::is_ascii_digit)?,
            '*' => rest.next().filter(char::is_ascii_alphanumeric)?,
            fixed => fixed,
        });
    }
    rest.next().is_none().then_some(shown)
}

impl Validator {
    /// Whether `value`, without mask, is a number that can exist.
    pub fn check(self, value: &str) -> Result<(), DocumentFault> {
        let digits: Option<Vec<u32>> = value.chars().map(|character| character.to_digit(10)).collect();
        let length = match self {
            Self::Cpf | Self::Pis | Self::Cnh | Self::Mbi => 11,
            Self::Cnpj => 14,
            Self::Cns => 15,
            Self::Ssn | Self::Itin => 9,
            Self::Npi => 10,
        };
        if value.chars().count() != length {
            return Err(DocumentFault::Format);
        }
        let right = match (self, digits) {
            (Self::Cnpj, _) => cpf_cnpj::cnpj::validate(value),
            (Self::Mbi, _) => is_mbi(value),
            (_, None) => return Err(DocumentFault::Format),
            (Self::Cpf, Some(_)) => cpf_cnpj::cpf::validate(value),
            (Self::Cns, Some(digits)) => is_cns(&digits),
            (Self::Pis, Some(digits)) => is_pis(&digits),
            (Self::Cnh, Some(digits)) => is_cnh(&digits),
            (Self::Ssn, Some(digits)) => is_ssn(&digits),
            (Self::Itin, Some(digits)) => is_itin(&digits),
            (Self::Npi, Some(digits)) => is_npi(&digits),
        };
        if right { Ok(()) } else { Err(DocumentFault::Check) }
    }
}

/// Cartão Nacional de Saúde (DATASUS, "Algoritmo de validação do CNS"): weights 15 to 1 add up to a
/// multiple of 11; definitive numbers (1, 2) carry 000 or 001 before their check digit, provisional
/// ones begin with 7, 8 or 9.
fn is_cns(digits: &[u32]) -> bool {
    let sum: u32 = digits.iter().zip((1..=15).rev()).map(|(digit, weight)| digit * weight).sum();
    let begins_right = match digits.first() {
        Some(1 | 2) => matches!(digits.get(11..14), Some([0, 0, 0 | 1])),
        Some(7..=9) => true,
        _ => false,
    };
    begins_right && sum.is_multiple_of(11)
}

/// PIS/PASEP/NIS: weights 3 2 9 8 7 6 5 4 3 2, check digit 11 - sum mod 11 (10 and 11 are 0).
fn is_pis(digits: &[u32]) -> bool {
    let weights = [3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
    let check = match 11 - sum % 11 {
        10 | 11 => 0,
        other => other,
    };
    digits.last() == Some(&check) && digits.iter().any(|digit| *digit != 0)
}

/// Carteira Nacional de Habilitação (Denatran): nine digits weighed 9 to 1 and 1 to 9, mod 11; where the
/// first check digit would be 10 it is 0 and the second loses 2.
fn is_cnh(digits: &[u32]) -> bool {
    let Some((number, [first, second])) = digits.split_last_chunk() else { return false };
    let falling: u32 = number.iter().zip((1..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    let rising: u32 = number.iter().zip(1..=9).map(|(digit, weight)| digit * weight).sum();
    let (first_right, discount) = if falling % 11 == 10 { (0, 2) } else { (falling % 11, 0) };
    let second_right = match (rising % 11 + 11 - discount) % 11 {
        10 => 0,
        other => other,
    };
    (*first, *second) == (first_right, second_right)
        && number.iter().any(|digit| Some(digit) != number.first())
}

/// Social Security number: what the SSA never issues is wrong (POMS RM 10201.035), two famous
/// advertising numbers included.
fn is_ssn(digits: &[u32]) -> bool {
    let (area, group, serial) = ssn_parts(digits);
    let never = [(78, 5, 1120), (219, 9, 9999)];
    area != 0
        && area != 666
        && area < 900
        && group != 0
        && serial != 0
        && !never.contains(&(area, group, serial))
}

/// Individual taxpayer number: 9xx with a group of the ranges the IRS issues (Publication 4757).
fn is_itin(digits: &[u32]) -> bool {
    let (area, group, _) = ssn_parts(digits);
    area >= 900 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn ssn_parts(digits: &[u32]) -> (u32, u32, u32) {
    let number = digits.iter().fold(0, |number, digit| number * 10 + digit);
    (number / 1_000_000, number / 10_000 % 100, number % 10_000)
}

/// Medicare beneficiary identifier (CMS, "Understanding the MBI"): a pattern without S L O I B Z.
fn is_mbi(value: &str) -> bool {
    let letter = |c: char| c.is_ascii_uppercase() && !"SLOIBZ".contains(c);
    value.chars().zip("19*#9*#9##9".chars().enumerate()).all(|(c, (position, _))| match position {
        0 => ('1'..='9').contains(&c),
        1 | 4 | 7 | 8 => letter(c),
        2 | 5 => letter(c) || c.is_ascii_digit(),
        _ => c.is_ascii_digit(),
    })
}

/// National provider identifier: Luhn's digit over 80840 and the number (45 CFR 162.406).
fn is_npi(digits: &[u32]) -> bool {
    let prefixed: Vec<u32> = [8, 0, 8, 4, 0].iter().chain(digits).copied().collect();
    let sum: u32 = prefixed
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    matches!(digits.first(), Some(1 | 2)) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests;
