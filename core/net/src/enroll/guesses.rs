//! Who guessed how many codes: a token bucket per address, in bounded memory.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
};

use crate::{UnixSeconds, limits};

/// Addresses that showed wrong codes lately.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    /// Per address: when its bucket would be full again.
    full_at_unix_s: BTreeMap<IpAddr, UnixSeconds>,
}

impl Guesses {
    /// True when the address may try a code now.
    pub(crate) fn may_try(&self, address: IpAddr, now_unix_s: UnixSeconds) -> bool {
        let full_at = self.full_at_unix_s.get(&bucket(address)).copied().unwrap_or(now_unix_s);
        // A clock that was set back must not lock anyone out for longer than an empty bucket takes to fill.
        let missing_s = full_at.saturating_sub(now_unix_s).min(capacity_s());
        missing_s + limits::GUESS_REFILL_S <= capacity_s()
    }

    /// Counts a wrong code.
    pub(crate) fn count_wrong(&mut self, address: IpAddr, now_unix_s: UnixSeconds) {
        if self.full_at_unix_s.len() >= limits::GUESSERS_MAX {
            self.forget(now_unix_s);
        }
        let full_at = self.full_at_unix_s.entry(bucket(address)).or_insert(now_unix_s);
        *full_at = (*full_at).clamp(now_unix_s, now_unix_s + capacity_s()) + limits::GUESS_REFILL_S;
    }

    /// Drops full buckets, and if that is not enough those that are nearest to full.
    fn forget(&mut self, now_unix_s: UnixSeconds) {
        self.full_at_unix_s.retain(|_, full_at| *full_at > now_unix_s);
        while self.full_at_unix_s.len() >= limits::GUESSERS_MAX {
            let Some(address) = self.full_at_unix_s.iter().min_by_key(|(_, at)| **at).map(|(a, _)| *a) else {
                return;
            };
            self.full_at_unix_s.remove(&address);
        }
    }
}

fn capacity_s() -> i64 {
    i64::from(limits::GUESSES_BURST_MAX) * limits::GUESS_REFILL_S
}

/// One customer of an IPv6 provider owns a whole /64.
pub(crate) fn bucket(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::V6(Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_burst_is_allowed_then_one_a_minute() {
        let (guesser, neighbour) = ("2001:db8::1".parse().unwrap(), "2001:db8:0:1::1".parse().unwrap());
        let mut guesses = Guesses::default();
        for _ in 0..limits::GUESSES_BURST_MAX {
            assert!(guesses.may_try(guesser, 1000));
            guesses.count_wrong(guesser, 1000);
        }
        assert!(!guesses.may_try(guesser, 1000));
        assert!(!guesses.may_try("2001:db8::99".parse().unwrap(), 1000), "the same /64 is the same guesser");
        assert!(guesses.may_try(neighbour, 1000));
        assert!(guesses.may_try(guesser, 1000 + limits::GUESS_REFILL_S));
        guesses.count_wrong(guesser, 1000 + limits::GUESS_REFILL_S);
        assert!(!guesses.may_try(guesser, 1000 + limits::GUESS_REFILL_S));
    }

    #[test]
    fn memory_is_bounded_and_a_clock_set_back_locks_nobody_out_for_good() {
        let mut guesses = Guesses::default();
        for n in 0..(limits::GUESSERS_MAX as u32 + 50) {
            guesses.count_wrong(IpAddr::V4(n.into()), 5_000);
        }
        assert!(guesses.full_at_unix_s.len() <= limits::GUESSERS_MAX);
        let address = "10.1.1.1".parse().unwrap();
        for _ in 0..limits::GUESSES_BURST_MAX {
            guesses.count_wrong(address, 1_000_000);
        }
        assert!(!guesses.may_try(address, 100));
        guesses.count_wrong(address, 100);
        assert!(guesses.may_try(address, 100 + capacity_s() + limits::GUESS_REFILL_S));
    }
}
