//! What a password and a PIN must be. Length counts, composition rules do not (NIST SP 800-63B, 5.1.1.2).

use serde::{Deserialize, Serialize};

use crate::normalise::normalise_name;

/// The rule, with defaults; a clinic may raise the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordPolicy {
    /// Shortest password, in characters.
    pub length_min: usize,
    /// Longest password, in bytes: hashing must not become a way to stop the node.
    pub bytes_max: usize,
    /// Shortest PIN, in digits.
    pub pin_digits_min: usize,
    /// Longest PIN, in digits.
    pub pin_digits_max: usize,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { length_min: 10, bytes_max: 256, pin_digits_min: 4, pin_digits_max: 8 }
    }
}

/// Why a password or PIN is not taken. `code()` is what screens translate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretRefusal {
    TooShort {
        min: usize,
    },
    TooLong {
        max: usize,
    },
    /// Among the words everybody tries first.
    TooCommon,
    /// Made of the person's own name or login.
    ContainsName,
    /// One character repeated or a run such as 123456.
    Pattern,
    /// A PIN holds digits only.
    NotDigits,
}

impl SecretRefusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::TooCommon => "too_common",
            Self::ContainsName => "contains_name",
            Self::Pattern => "pattern",
            Self::NotDigits => "not_digits",
        }
    }
}

/// Beginnings and wholes of the most tried passwords, in the languages of our clinics. Compared after
/// folding case and accents and undoing the usual digits for letters.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "senha",
    "senhaforte",
    "mudar",
    "mudarsenha",
    "trocar",
    "admin",
    "administrador",
    "administrator",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "letmein",
    "welcome",
    "bemvindo",
    "iloveyou",
    "teamo",
    "clinica",
    "clinic",
    "hospital",
    "medico",
    "doctor",
    "posto",
    "recepcao",
    "reception",
    "brasil",
    "flamengo",
    "corinthians",
    "palmeiras",
    "abc",
    "changeme",
    "secret",
    "segredo",
];

impl PasswordPolicy {
    /// Whether `password` may be set by somebody with this name and login.
    pub fn check_password(&self, password: &str, own_words: &[&str]) -> Result<(), SecretRefusal> {
        if password.chars().count() < self.length_min {
            return Err(SecretRefusal::TooShort { min: self.length_min });
        }
        if password.len() > self.bytes_max {
            return Err(SecretRefusal::TooLong { max: self.bytes_max });
        }
        if is_run(password) {
            return Err(SecretRefusal::Pattern);
        }
        let folded = fold(password);
        let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
        if COMMON.contains(&letters.as_str()) || COMMON.contains(&undigit(&folded).as_str()) {
            return Err(SecretRefusal::TooCommon);
        }
        let own =
            own_words.iter().flat_map(|words| fold(words).split(' ').map(str::to_owned).collect::<Vec<_>>());
        // A long pass phrase may mention a name; a password that is little more than one may not.
        if own
            .filter(|word| word.len() >= 4)
            .any(|word| folded.contains(&word) && letters.len() < word.len() + 6)
        {
            return Err(SecretRefusal::ContainsName);
        }
        Ok(())
    }

    /// Whether `pin` may be set.
    pub fn check_pin(&self, pin: &str) -> Result<(), SecretRefusal> {
        if !pin.chars().all(|c| c.is_ascii_digit()) {
            return Err(SecretRefusal::NotDigits);
        }
        if pin.len() < self.pin_digits_min {
            return Err(SecretRefusal::TooShort { min: self.pin_digits_min });
        }
        if pin.len() > self.pin_digits_max {
            return Err(SecretRefusal::TooLong { max: self.pin_digits_max });
        }
        let (first, second) = pin.split_at(pin.len() / 2);
        if is_run(pin) || (pin.len().is_multiple_of(2) && first == second) || is_recent_year(pin) {
            return Err(SecretRefusal::Pattern);
        }
        Ok(())
    }
}

fn fold(text: &str) -> String {
    normalise_name(text)
}

/// `p4ssw0rd` -> `password`; trailing digits go, they are what people append.
fn undigit(folded: &str) -> String {
    folded
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')
        .chars()
        .filter_map(|c| match c {
            '0' => Some('o'),
            '1' => Some('i'),
            '3' => Some('e'),
            '4' => Some('a'),
            '5' => Some('s'),
            '7' => Some('t'),
            ' ' => None,
            other => Some(other),
        })
        .collect()
}

/// One character repeated, or every character the next (or previous) of the one before.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    (-1..=1).any(|step| codes.windows(2).all(|pair| pair[1] - pair[0] == step))
        || ["1234567890", "0987654321"].iter().any(|run| run.contains(text))
}

fn is_recent_year(pin: &str) -> bool {
    pin.len() == 4 && pin.parse::<u32>().is_ok_and(|year| (1930..=2039).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_phrases_pass_and_what_everybody_tries_does_not() {
        let policy = PasswordPolicy::default();
        let own = ["Ana Souza", "ana.souza"];
        assert_eq!(policy.check_password("cavalo bateria grampo", &own), Ok(()));
        assert_eq!(policy.check_password("meu cachorro souza late alto", &own), Ok(()));
        for (password, refusal) in [
            ("curta", SecretRefusal::TooShort { min: 10 }),
            ("aaaaaaaaaaaa", SecretRefusal::Pattern),
            ("abcdefghijkl", SecretRefusal::Pattern),
            ("P4ssw0rd2026", SecretRefusal::TooCommon),
            ("Recepção2026", SecretRefusal::TooCommon),
            ("Souza#2026!!", SecretRefusal::ContainsName),
        ] {
            assert_eq!(policy.check_password(password, &own), Err(refusal), "{password}");
        }
        assert_eq!(policy.check_password(&"ab1".repeat(100), &own), Err(SecretRefusal::TooLong { max: 256 }));
    }

    #[test]
    fn pins_are_digits_without_an_obvious_pattern() {
        let policy = PasswordPolicy::default();
        assert_eq!(policy.check_pin("7302"), Ok(()));
        for pin in ["1111", "1234", "9876", "7890", "1985", "4747"] {
            assert_eq!(policy.check_pin(pin), Err(SecretRefusal::Pattern), "{pin}");
        }
        assert_eq!(policy.check_pin("12"), Err(SecretRefusal::TooShort { min: 4 }));
        assert_eq!(policy.check_pin("73a2"), Err(SecretRefusal::NotDigits));
        assert_eq!(policy.check_pin("730281946"), Err(SecretRefusal::TooLong { max: 8 }));
    }
}
