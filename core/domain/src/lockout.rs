//! How long somebody must wait after wrong passwords or PINs.

use serde::{Deserialize, Serialize};

/// The rule, with the defaults of security.md; a clinic may change the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockoutPolicy {
    /// Wrong tries that cost nothing yet.
    pub free_tries: u32,
    /// The wait after the first try beyond those, in seconds; it doubles with each further one.
    pub first_wait_s: u64,
    /// The longest wait, in seconds.
    pub wait_s_max: u64,
    /// Wrong tries are forgotten after this long without one, in seconds.
    pub forget_after_s: u64,
    /// Wrong PINs before the password is asked for.
    pub pin_tries: u32,
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        Self { free_tries: 4, first_wait_s: 15, wait_s_max: 3_600, forget_after_s: 86_400, pin_tries: 3 }
    }
}

/// Wrong tries of one account (or one address), kept by the caller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    pub failed: u32,
    /// When the last one failed, Unix milliseconds.
    pub last_failed_at_ms: i64,
}

/// What may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryAnswer {
    /// The secret may be checked.
    Allowed,
    /// Not before this many milliseconds have passed.
    Wait { ms: i64 },
}

impl LockoutPolicy {
    /// Whether a password may be checked at `now_ms`.
    pub fn may_try(&self, tries: Tries, now_ms: i64) -> TryAnswer {
        let wait_ms = self.wait_s(tries.failed).saturating_mul(1000) as i64;
        let passed_ms = now_ms.saturating_sub(tries.last_failed_at_ms);
        // A clock that went back must neither lock somebody out for a year nor forgive the wait.
        let left_ms = if passed_ms < 0 { wait_ms } else { wait_ms.saturating_sub(passed_ms) };
        if left_ms > 0 { TryAnswer::Wait { ms: left_ms } } else { TryAnswer::Allowed }
    }

    /// The tries after one more failed at `now_ms`.
    pub fn after_failure(&self, tries: Tries, now_ms: i64) -> Tries {
        let forgotten = now_ms.saturating_sub(tries.last_failed_at_ms)
            > (self.forget_after_s as i64).saturating_mul(1000);
        let failed = if forgotten { 1 } else { tries.failed.saturating_add(1) };
        Tries { failed, last_failed_at_ms: now_ms }
    }

    /// Whether the PIN no longer serves and the password is needed.
    pub fn pin_is_spent(&self, failed_pins: u32) -> bool {
        failed_pins >= self.pin_tries
    }

    /// The wait after `failed` wrong tries, in seconds.
    pub fn wait_s(&self, failed: u32) -> u64 {
        match failed.checked_sub(self.free_tries) {
            None | Some(0) => 0,
            Some(beyond) => {
                let doublings = (beyond - 1).min(32);
                self.first_wait_s.saturating_mul(1 << doublings).min(self.wait_s_max)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_wait_doubles_up_to_its_limit() {
        let policy = LockoutPolicy::default();
        let waits: Vec<u64> = (3..9).map(|failed| policy.wait_s(failed)).collect();
        assert_eq!(waits, [0, 0, 15, 30, 60, 120]);
        assert_eq!(policy.wait_s(u32::MAX), 3_600);
    }

    #[test]
    fn waiting_it_out_allows_the_next_try_and_a_day_forgets_all() {
        let policy = LockoutPolicy::default();
        let tries = Tries { failed: 5, last_failed_at_ms: 1_000 };
        assert_eq!(policy.may_try(tries, 2_000), TryAnswer::Wait { ms: 14_000 });
        assert_eq!(policy.may_try(tries, 16_000), TryAnswer::Allowed);
        assert_eq!(policy.after_failure(tries, 90_000_000).failed, 1);
        assert_eq!(policy.after_failure(tries, 20_000).failed, 6);
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_limit(failed in any::<u32>(), last in any::<i64>(), now in any::<i64>()) {
            let policy = LockoutPolicy::default();
            if let TryAnswer::Wait { ms } = policy.may_try(Tries { failed, last_failed_at_ms: last }, now) {
                prop_assert!(ms > 0 && ms <= 3_600_000);
            }
        }
    }
}
