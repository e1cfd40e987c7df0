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

/// What the server tells a node: the value of its setting `record_number.ranges.<node id>`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberGrant {
    /// Oldest first, each with what is left of it as far as the server has seen.
    pub ranges: Vec<NumberRange>,
    /// The instance of the node's database that the ranges are for; absent until a restored database came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u64>,
}

impl NumberGrant {
    /// Whether a database of this instance may give the numbers. What was granted to the database before a
    /// restore is spent: some of it was given after the backup, and nobody knows how much.
    pub fn is_for(&self, instance: u64) -> bool {
        match self.instance {
            Some(granted) => granted == instance,
            None => !is_restored(instance),
        }
    }
}

/// Whether an instance was drawn at a restore: those are odd, the ones of new databases even.
pub const fn is_restored(instance: u64) -> bool {
    instance & 1 == 1
}

/// Settings that carry grants: their keys begin so, and end with the node's id.
pub const GRANT_KEY_PREFIX: &str = "record_number.ranges.";

/// How many numbers a database without a server passes over at a restore: nobody knows how many were given
/// since the backup.
pub const PASSED_OVER_AT_RESTORE: i64 = 100_000;

/// A node's ranges, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberSupply {
    pub ranges: Vec<NumberRange>,
    /// Everything below was granted before, so that it is never taken in twice.
    #[serde(default)]
    pub reached: i64,
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

    /// Adds a reserved range; one that was there before is the same answer again. Whether it was new.
    pub fn refill(&mut self, range: NumberRange) -> bool {
        let new = range.left() > 0 && range.next >= self.reached;
        if new {
            self.ranges.push(range);
            self.reached = range.end;
        }
        new
    }

    /// A record with this number is durable: it and all before it are never given again. Ranges ascend, so
    /// that a number passed over is a gap and no more.
    pub fn spend(&mut self, number: i64) {
        for range in &mut self.ranges {
            range.next = range.next.max(number.saturating_add(1).min(range.end));
        }
        self.ranges.retain(|range| range.left() > 0);
    }

    /// What a restored database may still give. Ranges from a server are spent; the one without an end, which
    /// is nobody else's, goes on further up.
    pub fn restored(&mut self) {
        self.ranges.retain(|range| range.end == i64::MAX);
        for range in &mut self.ranges {
            range.next = range.next.saturating_add(PASSED_OVER_AT_RESTORE);
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

    #[test]
    fn a_spent_number_is_never_drawn_again_in_whatever_order_the_writes_end() {
        let mut supply = NumberSupply::default();
        supply.refill(NumberRange { next: 1, end: 4 });
        supply.refill(NumberRange { next: 10, end: 12 });
        supply.spend(11);
        supply.spend(2);
        assert_eq!(supply.take(), None);
        assert!(!supply.refill(NumberRange { next: 10, end: 12 }), "a spent range is not new again");
        assert!(supply.refill(NumberRange { next: 12, end: 13 }));
        assert_eq!(supply.take(), Some(12));
    }

    #[test]
    fn a_restored_database_gives_nothing_of_what_it_was_granted_before() {
        let mut supply = NumberSupply::default();
        supply.refill(NumberRange { next: 1, end: 501 });
        supply.restored();
        assert_eq!(supply.take(), None);
        let mut alone = NumberSupply::default();
        alone.refill(NumberRange { next: 8, end: i64::MAX });
        alone.restored();
        assert_eq!(alone.take(), Some(8 + PASSED_OVER_AT_RESTORE));

        let before = NumberGrant::default();
        assert!(before.is_for(4) && !before.is_for(5), "5 is a restored database");
        let after = NumberGrant { instance: Some(5), ..NumberGrant::default() };
        assert!(after.is_for(5) && !after.is_for(4));
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
