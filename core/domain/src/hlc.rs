//! Hybrid logical clock: a time that goes with causality although clinic clocks lie.
//!
//! After Kulkarni et al., "Logical Physical Clocks" (2014), with one addition: no reading, neither a
//! peer's nor an earlier one of our own, may run ahead of our clock by more than a bound. A clock that
//! was a year ahead for an hour then stops mattering after that hour, not after a year. The price is
//! that the order of two readings is no proof of causality; Automerge's dependencies are.

use std::fmt;
use std::str::FromStr;

/// A reading. Ordered by time, then by counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hlc {
    /// Unix time in milliseconds.
    pub ms: i64,
    /// Counts readings within one millisecond.
    pub counter: u32,
}

/// How far a reading may run ahead of the wall clock: 10 minutes. Ordinary skew is inside, so that
/// order holds; a wrong date is outside.
pub const AHEAD_MS_MAX: i64 = 10 * 60 * 1000;

impl Hlc {
    /// A reading of exactly this time.
    pub const fn new(ms: i64, counter: u32) -> Self {
        Self { ms, counter }
    }

    /// The reading as far as it may count, for somebody whose clock says `now_ms`: what claims to come
    /// from further ahead than [`AHEAD_MS_MAX`] counts as that.
    pub fn bounded(self, now_ms: i64) -> Self {
        let latest = now_ms.saturating_add(AHEAD_MS_MAX);
        if self.ms > latest { Self { ms: latest, counter: 0 } } else { self }
    }
}

impl fmt::Display for Hlc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.ms, self.counter)
    }
}

/// A text that is no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a clock reading: milliseconds, a dot and a counter were expected")]
pub struct InvalidHlc;

impl FromStr for Hlc {
    type Err = InvalidHlc;
    fn from_str(text: &str) -> Result<Self, InvalidHlc> {
        let (ms, counter) = text.split_once('.').ok_or(InvalidHlc)?;
        Ok(Self {
            ms: ms.parse().map_err(|_| InvalidHlc)?,
            counter: counter.parse().map_err(|_| InvalidHlc)?,
        })
    }
}

/// The clock of one process.
#[derive(Debug, Clone, Default)]
pub struct HlcClock {
    last: Hlc,
}

impl HlcClock {
    /// Goes on after `last`, the newest reading found on disk.
    pub fn resume(last: Hlc) -> Self {
        Self { last }
    }

    /// The newest reading given or seen.
    pub fn last(&self) -> Hlc {
        self.last
    }

    /// A reading for something that happens now, later than everything given or seen before unless that
    /// lies ahead of `now_ms` by more than [`AHEAD_MS_MAX`].
    pub fn tick(&mut self, now_ms: i64) -> Hlc {
        let last = self.last.bounded(now_ms);
        self.last = if now_ms > last.ms { Hlc::new(now_ms, 0) } else { after(last) };
        self.last
    }

    /// Takes note of a peer's reading, so that what happens next is later than what it describes.
    pub fn observe(&mut self, remote: Hlc, now_ms: i64) {
        self.last = self.last.bounded(now_ms).max(remote.bounded(now_ms));
    }
}

fn after(reading: Hlc) -> Hlc {
    match reading.counter.checked_add(1) {
        Some(counter) => Hlc { counter, ..reading },
        None => Hlc::new(reading.ms.saturating_add(1), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const YEAR_MS: i64 = 365 * 86_400_000;

    #[test]
    fn a_peer_a_year_ahead_does_not_drag_us_along() {
        let mut clock = HlcClock::default();
        clock.observe(Hlc::new(1_000 + YEAR_MS, 3), 1_000);
        assert!(clock.last().ms <= 1_000 + AHEAD_MS_MAX);
        assert!(clock.tick(1_001).ms <= 1_001 + AHEAD_MS_MAX);
    }

    #[test]
    fn our_own_clock_set_back_by_a_year_recovers() {
        let mut clock = HlcClock::default();
        clock.tick(YEAR_MS);
        assert!(clock.tick(5_000).ms <= 5_000 + AHEAD_MS_MAX);
    }

    proptest! {
        #[test]
        fn readings_rise_while_skew_stays_inside_the_bound(
            steps in prop::collection::vec((any::<bool>(), -AHEAD_MS_MAX / 2..AHEAD_MS_MAX / 2), 1..60)
        ) {
            let mut clock = HlcClock::default();
            let mut last = Hlc::default();
            for (index, (observe, skew)) in steps.into_iter().enumerate() {
                let now = 10 * AHEAD_MS_MAX + index as i64;
                if observe {
                    let seen = Hlc::new(now + skew, 7);
                    clock.observe(seen, now);
                    last = last.max(seen);
                }
                let reading = clock.tick(now);
                prop_assert!(reading > last);
                last = reading;
            }
        }

        #[test]
        fn text_round_trips(ms in any::<i64>(), counter in any::<u32>()) {
            let reading = Hlc::new(ms, counter);
            prop_assert_eq!(reading.to_string().parse(), Ok(reading));
        }
    }
}
