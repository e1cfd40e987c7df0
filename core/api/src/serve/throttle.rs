//! Token buckets: how often one session or address may ask, and how often it may try a password.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::Mutex;

/// Buckets by key. Full ones are forgotten, so memory follows the number of active clients.
#[derive(Debug)]
pub struct Throttle<K> {
    buckets: Mutex<HashMap<K, Bucket>>,
    per_second: f64,
    burst: f64,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at_ms: u64,
}

/// Clients remembered at once.
const CLIENTS_MAX: usize = 10_000;

impl<K: Hash + Eq> Throttle<K> {
    /// Buckets of `burst` tokens that `per_second` refill.
    #[must_use]
    pub fn new(per_second: f64, burst: f64) -> Self {
        Self { buckets: Mutex::default(), per_second, burst }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// Where there is none: the seconds to wait.
    pub fn take(&self, key: K, now_ms: u64) -> Result<(), u64> {
        let mut buckets = self.buckets.lock();
        if buckets.len() >= CLIENTS_MAX {
            buckets.retain(|_, bucket| self.refilled(*bucket, now_ms) < self.burst);
        }
        if buckets.len() >= CLIENTS_MAX && !buckets.contains_key(&key) {
            return Err(1);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { tokens: self.burst, at_ms: now_ms });
        let tokens = self.refilled(*bucket, now_ms);
        if tokens < 1.0 {
            *bucket = Bucket { tokens, at_ms: now_ms };
            return Err(((1.0 - tokens) / self.per_second).ceil().max(1.0) as u64);
        }
        *bucket = Bucket { tokens: tokens - 1.0, at_ms: now_ms };
        Ok(())
    }

    fn refilled(&self, bucket: Bucket, now_ms: u64) -> f64 {
        // A clock that was set back refills nothing.
        let seconds = now_ms.saturating_sub(bucket.at_ms) as f64 / 1000.0;
        (bucket.tokens + seconds * self.per_second).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let throttle = Throttle::new(0.5, 3.0);
        for _ in 0..3 {
            assert_eq!(throttle.take("a", 1_000), Ok(()));
        }
        assert_eq!(throttle.take("a", 1_000), Err(2));
        assert_eq!(throttle.take("b", 1_000), Ok(()), "another client has its own bucket");
        assert_eq!(throttle.take("a", 3_000), Ok(()));
        assert_eq!(throttle.take("a", 3_000), Err(2));
    }

    #[test]
    fn a_clock_set_back_gives_nothing_and_takes_nothing() {
        let throttle = Throttle::new(1.0, 1.0);
        assert_eq!(throttle.take((), 50_000), Ok(()));
        assert_eq!(throttle.take((), 10_000), Err(1));
        assert_eq!(throttle.take((), 11_000), Ok(()));
    }
}
