//! When a node tries to reconnect: ever more slowly, never all nodes at once, at once when nudged.

/// First wait after a failure, in milliseconds.
const WAIT_MS_FIRST: u64 = 500;
/// Longest wait, in milliseconds.
const WAIT_MS_MAX: u64 = 60_000;
/// Wait when only a person can help (revoked, cloned): still tried now and then, for the person may have helped.
const WAIT_MS_HOPELESS: u64 = 15 * 60_000;

/// The reconnect policy: pure, told of outcomes, asked for waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// A connection worked (the peer admitted this node): the next failure starts from the first wait again.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Something happened that makes a connection likely to work (network is back, a person pressed the button).
    pub fn nudged(&mut self) {
        self.failures = 0;
    }

    /// A connection failed or ended: how long to wait before the next, in milliseconds. `random` is any fresh random
    /// number; it spreads the wait over its upper half, so that nodes cut off together do not return together.
    pub fn failed(&mut self, worth_retrying: bool, random: u64) -> u64 {
        let ceiling_ms = if worth_retrying {
            WAIT_MS_FIRST.saturating_mul(1 << self.failures.min(20)).min(WAIT_MS_MAX)
        } else {
            WAIT_MS_HOPELESS
        };
        self.failures = self.failures.saturating_add(1);
        ceiling_ms / 2 + random % (ceiling_ms / 2 + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waits_stay_in_bounds_and_start_over_after_success(randoms in prop::collection::vec(any::<u64>(), 1..40)) {
            let mut backoff = Backoff::default();
            for (n, random) in randoms.iter().enumerate() {
                let wait_ms = backoff.failed(true, *random);
                let ceiling_ms = (WAIT_MS_FIRST << n.min(20)).min(WAIT_MS_MAX);
                prop_assert!((ceiling_ms / 2..=ceiling_ms).contains(&wait_ms));
            }
            backoff.succeeded();
            prop_assert!(backoff.failed(true, 7) <= WAIT_MS_FIRST);
        }
    }

    #[test]
    fn hopeless_cases_wait_long_but_not_for_ever() {
        assert!(Backoff::default().failed(false, 0) >= WAIT_MS_MAX);
        assert!(Backoff::default().failed(false, u64::MAX) <= WAIT_MS_HOPELESS);
    }
}
