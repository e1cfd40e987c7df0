//! Passwords: Argon2id, always with the work of one comparison whoever asks.

use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::random;

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password could not be hashed")]
    Hash(argon2::password_hash::Error),
    #[error(transparent)]
    Entropy(#[from] random::NoEntropy),
}

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap_or_default())
}

/// A PHC string to keep.
pub(crate) fn hash(password: &str) -> Result<String, PasswordError> {
    let salt = SaltString::encode_b64(&random::bytes::<16>()?).map_err(PasswordError::Hash)?;
    let hashed = argon2().hash_password(password.as_bytes(), &salt).map_err(PasswordError::Hash)?;
    Ok(hashed.to_string())
}

/// Whether the password is the one of the PHC string. Without one, the same work is done for nothing, so
/// that the answer does not tell who exists.
pub(crate) fn verify(password: &str, kept: Option<&str>) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = || NOBODY.get_or_init(|| hash("nobody has this password").unwrap_or_default()).as_str();
    let Ok(parsed) = PasswordHash::new(kept.unwrap_or_else(nobody)) else { return false };
    argon2().verify_password(password.as_bytes(), &parsed).is_ok() && kept.is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_verifies() {
        let kept = hash("correct-horse-battery").unwrap();
        assert!(verify("correct-horse-battery", Some(&kept)));
        assert!(!verify("correct-horse-batterY", Some(&kept)));
        assert!(!verify("nobody has this password", None));
        assert!(!verify("x", Some("not a hash")));
    }
}
