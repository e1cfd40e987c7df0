//! Passwords and PINs: Argon2id hashes, made and checked by few at a time; and secrets drawn here.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use parking_lot::{Condvar, Mutex};

use super::{App, AppError, AppResult};

/// 19 MiB, 2 passes: OWASP's first recommendation for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Hashes computed at once: each takes the memory above and a core.
const AT_ONCE: usize = 2;

/// A hash of nobody's password: an unknown name must cost as much time as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody's password", &[7; 16]).unwrap_or_default());

static SLOTS: Slots = Slots { free: Mutex::new(AT_ONCE), returned: Condvar::new() };

struct Slots {
    free: Mutex<usize>,
    returned: Condvar,
}

impl Slots {
    fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut free = self.free.lock();
        while *free == 0 {
            self.returned.wait(&mut free);
        }
        *free -= 1;
        drop(free);
        let result = work();
        *self.free.lock() += 1;
        self.returned.notify_one();
        result
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(secret: &str, salt: &[u8; 16]) -> AppResult<String> {
    let salt = SaltString::encode_b64(salt).map_err(AppError::PasswordHash)?;
    let hash = SLOTS.run(|| argon2().hash_password(secret.as_bytes(), &salt).map(|hash| hash.to_string()));
    hash.map_err(AppError::PasswordHash)
}

/// Whether the secret is the one of the hash. Without a hash the answer is no, after the same time.
pub(super) fn matches(secret: &str, phc: Option<&str>) -> bool {
    let phc_or_nobody = phc.unwrap_or(&NOBODY);
    let Ok(parsed) = PasswordHash::new(phc_or_nobody) else { return false };
    let same = SLOTS.run(|| argon2().verify_password(secret.as_bytes(), &parsed).is_ok());
    same && phc.is_some()
}

/// Letters and digits that nobody mistakes for one another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789+";

impl App {
    /// The Argon2id hash of a password or PIN.
    pub(super) fn hash_secret(&self, secret: &str) -> AppResult<String> {
        hash(secret, &self.draw()?)
    }

    /// A password for the first sign-in: 80 bits in four groups.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn draw_password(&self) -> AppResult<String> {
        let bytes: [u8; 16] = self.draw()?;
        let letters = bytes.map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        Ok(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
    }

    /// Fresh random bytes.
    pub(super) fn draw<const N: usize>(&self) -> AppResult<[u8; N]> {
        let mut bytes = [0; N];
        self.ports.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_secret_and_no_other() {
        let phc = hash("correct horse", &[1; 16]).unwrap();
        assert!(phc.starts_with("$argon2id$"), "{phc}");
        assert!(matches("correct horse", Some(&phc)));
        assert!(!matches("correct horsf", Some(&phc)));
        assert!(!matches("nobody's password", None), "nobody can sign in as nobody");
        assert!(!matches("x", Some("rubbish")));
    }
}
