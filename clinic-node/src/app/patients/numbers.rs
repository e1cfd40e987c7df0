//! Record numbers, drawn a few at a time so that a registration stays one transaction.

use parking_lot::Mutex;
use posto_domain::record_number::NumberRange;

use super::super::{App, AppResult};

/// Numbers taken from the supply at once. What a process holds when it ends is never given out: gaps are fine.
const TAKEN_AT_ONCE: usize = 8;

/// The series of patients' record numbers.
pub(crate) const SERIES: &str = "patient";

/// Numbers taken and not given out yet.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    taken: Mutex<Vec<i64>>,
}

impl App {
    /// Where there is no server to reserve ranges, all numbers are this node's.
    ///
    /// # Errors
    /// Of the store.
    pub fn reserve_all_numbers(&self) -> AppResult<()> {
        let all = NumberRange { next: 1, end: i64::MAX };
        self.store.write(move |tx| tx.add_numbers(SERIES, all))?;
        Ok(())
    }

    /// The next record number; none where the reserved ones are used up.
    pub(super) fn next_record_number(&self) -> AppResult<Option<i64>> {
        let mut taken = self.numbers.taken.lock();
        if taken.is_empty() {
            if self.store.read(|r| r.number_supply(SERIES))?.left() == 0 {
                return Ok(None);
            }
            let mut fresh = self.store.write(|tx| {
                let mut numbers = Vec::with_capacity(TAKEN_AT_ONCE);
                while numbers.len() < TAKEN_AT_ONCE {
                    let Some(number) = tx.take_number(SERIES)? else { break };
                    numbers.push(number);
                }
                Ok::<_, posto_store::Error>(numbers)
            })?;
            fresh.reverse();
            *taken = fresh;
        }
        Ok(taken.pop())
    }
}
