//! Record numbers without a connection: each node draws from ranges the server reserved for it.

use serde::{Deserialize, Serialize};

/// How many numbers the server reserves at a time, by default.
pub const RANGE_SIZE_DEFAULT: i64 = 500;

/// Numbers reserved for one node: `next` is the first that is still free, `end` the first that is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRange {
    pub next: i64,
    pub end: i64,
}

impl NumberRange {
    /// How many are left.
    pub fn left(self) -> i64 {
        (self.end - self.next).max(0)
    }
}

/// A node's ranges, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberSupply {
    pub ranges: Vec<NumberRange>,
}

impl NumberSupply {
    /// The next number, or none when the supply is used up: the record then gets its number later,
    /// and registering goes on.
    pub fn take(&mut self) -> Option<i64> {
        self.ranges.retain(|range| range.left() > 0);
        let range = self.ranges.first_mut()?;
        let number = range.next;
        range.next += 1;
        Some(number)
    }

    /// How many are left.
    pub fn left(&self) -> i64 {
        self.ranges.iter().map(|range| range.left()).sum()
    }

    /// Whether to ask for another range of `range_size`: at half, so that a day offline is covered.
    pub fn needs_refill(&self, range_size: i64) -> bool {
        self.left() <= range_size / 2
    }

    /// Adds a reserved range; one that overlaps what is there already is the same answer again.
    pub fn refill(&mut self, range: NumberRange) {
        let overlaps = self.ranges.iter().any(|known| range.next < known.end && known.next < range.end);
        if range.left() > 0 && !overlaps {
            self.ranges.push(range);
        }
    }
}

/// The server's side: numbers from `next` on belong to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberAllocator {
    pub next: i64,
}

impl Default for NumberAllocator {
    fn default() -> Self {
        Self { next: 1 }
    }
}

impl NumberAllocator {
    /// Reserves the next `range_size` numbers; none when numbers have run out.
    pub fn reserve(&mut self, range_size: i64) -> Option<NumberRange> {
        let end = self.next.checked_add(range_size.max(1))?;
        let range = NumberRange { next: self.next, end };
        self.next = end;
        Some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn asks_for_more_at_half_and_survives_running_dry() {
        let mut server = NumberAllocator::default();
        let mut supply = NumberSupply::default();
        assert!(supply.needs_refill(500));
        supply.refill(server.reserve(500).unwrap());
        for _ in 0..249 {
            supply.take().unwrap();
        }
        assert!(!supply.needs_refill(500));
        supply.take().unwrap();
        assert!(supply.needs_refill(500));
        while supply.take().is_some() {}
        assert_eq!((supply.take(), supply.left()), (None, 0));
    }

    #[test]
    fn the_same_answer_twice_is_taken_once() {
        let mut supply = NumberSupply::default();
        let range = NumberRange { next: 1, end: 11 };
        supply.refill(range);
        supply.take();
        supply.refill(range);
        assert_eq!(supply.left(), 9);
    }

    proptest! {
        #[test]
        fn no_two_nodes_ever_draw_the_same_number(draws in prop::collection::vec(0usize..4, 1..300), size in 1i64..20) {
            let mut server = NumberAllocator::default();
            let mut nodes = vec![NumberSupply::default(); 4];
            let mut seen = BTreeSet::new();
            for node in draws {
                let supply = &mut nodes[node];
                if supply.needs_refill(size) {
                    supply.refill(server.reserve(size).unwrap());
                }
                prop_assert!(seen.insert(supply.take().unwrap()));
            }
        }
    }
}
