//! The hybrid logical clock that every change carries beside the wall time.

/// A reading of the hybrid logical clock: never goes back along a chain of cause and effect, and
/// stays near the wall clock while clocks are sane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hlc {
    /// Unix milliseconds.
    pub ms: i64,
    /// Order among readings of the same millisecond.
    pub counter: u32,
}

/// How far ahead of this machine's wall clock another's reading may pull the clock, ms. A clock a
/// year ahead must not stamp everybody's changes with next year.
pub const HLC_LEAD_MS_MAX: i64 = 10 * 60 * 1000;

impl Hlc {
    /// The reading for the next local event.
    #[must_use]
    pub fn tick(self, wall_ms: i64) -> Self {
        if wall_ms > self.ms {
            return Self {
                ms: wall_ms,
                counter: 0,
            };
        }
        match self.counter.checked_add(1) {
            Some(counter) => Self {
                ms: self.ms,
                counter,
            },
            None => Self {
                ms: self.ms.saturating_add(1),
                counter: 0,
            },
        }
    }

    /// The clock after seeing `other`, which may lie: it counts only up to [`HLC_LEAD_MS_MAX`]
    /// ahead of the wall clock.
    #[must_use]
    pub fn observe(self, other: Self, wall_ms: i64) -> Self {
        let bound = Self {
            ms: wall_ms.saturating_add(HLC_LEAD_MS_MAX),
            counter: 0,
        };
        self.max(other.min(bound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_even_when_the_wall_clock_goes_back() {
        let first = Hlc::default().tick(1_000);
        let second = first.tick(400);
        assert!(second > first);
        assert_eq!(second.tick(2_000), Hlc { ms: 2_000, counter: 0 });
    }

    #[test]
    fn a_clock_a_year_ahead_pulls_by_minutes_only() {
        let year_ahead = Hlc { ms: 31_536_000_000, counter: 7 };
        let clock = Hlc::default().observe(year_ahead, 1_000);
        assert_eq!(clock.ms, 1_000 + HLC_LEAD_MS_MAX);
    }
}
