//! Wrong tries: counted per person on this machine, answered with ever longer waits.

use posto_domain::lockout::{LockoutPolicy, TryAnswer};
use posto_store::Credential;

use super::super::{AppError, AppResult};

/// Which secret was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secret {
    Password,
    Pin,
}

/// Whether a password may be tried now.
pub(super) fn check(credential: &Credential, now_ms: u64) -> AppResult<()> {
    match LockoutPolicy::default().may_try(credential.password_tries, now_ms as i64) {
        TryAnswer::Allowed => Ok(()),
        TryAnswer::Wait { ms } => Err(AppError::LockedOut { retry_after_s: (ms as u64).div_ceil(1000) }),
    }
}

/// What is known of a person after one more wrong try.
pub(super) fn after_wrong(mut credential: Credential, secret: Secret, now_ms: u64) -> Credential {
    let (policy, now_ms) = (LockoutPolicy::default(), now_ms as i64);
    match secret {
        Secret::Password => {
            credential.password_tries = policy.after_failure(credential.password_tries, now_ms)
        }
        // Wrong PINs are forgotten by signing in with the password, not by waiting.
        Secret::Pin => {
            credential.pin_tries.failed = credential.pin_tries.failed.saturating_add(1);
            credential.pin_tries.last_failed_at_ms = now_ms;
        }
    }
    credential
}
