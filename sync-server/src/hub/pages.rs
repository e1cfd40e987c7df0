//! Pages of the first download, kept for a short while: nodes that begin together ask for the same ones.
//!
//! Within an epoch the log only grows, so a page that ends at or before its head is the same whenever it is made.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use posto_sync::Epoch;

use super::HubError;
use super::bootstrap::{Encoded, Page};
use crate::storage::table::scope::ScopeId;

/// Encoded bytes that are kept, of all scopes together.
const BYTES_MAX: usize = 8 << 20;
/// Pages that are kept, and so the places that a node can ask for in vain.
const PAGES_MAX: usize = 256;
/// How long a page is kept that nobody asks for.
const KEPT_MS: i64 = 60_000;

/// Which page, of which incarnation of which scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub scope: ScopeId,
    pub epoch: Epoch,
    pub page: Page,
}

/// The pages, those asked for last at the end.
#[derive(Default)]
pub(super) struct Pages(Mutex<VecDeque<Kept>>);

struct Kept {
    key: Key,
    asked_at_ms: i64,
    slot: Arc<Slot>,
}

/// Locked while the page is made: who comes meanwhile waits for it instead of making it, too.
#[derive(Default)]
struct Slot {
    page: Mutex<Option<Arc<Encoded>>>,
    bytes: AtomicUsize,
}

impl Pages {
    /// The page, as it is kept or as `make` makes it now.
    ///
    /// # Errors
    /// Of `make`; then the next who asks makes it.
    pub(super) fn get_or_make(
        &self,
        now_ms: i64,
        key: Key,
        make: impl FnOnce() -> Result<Encoded, HubError>,
    ) -> Result<Arc<Encoded>, HubError> {
        let slot = self.slot(now_ms, key);
        let mut page = slot.page.lock();
        if let Some(page) = &*page {
            return Ok(page.clone());
        }
        let made = Arc::new(make()?);
        // Something may have been erased since the key was read.
        if made.epoch == key.epoch {
            slot.bytes.store(made.batches.iter().map(Vec::len).sum(), Ordering::Relaxed);
            *page = Some(made.clone());
            drop(page);
            self.trim();
        }
        Ok(made)
    }

    /// Forgets a scope's pages of other epochs: what was erased is not kept longer than that is known.
    pub(super) fn keep_only(&self, scope: ScopeId, epoch: Epoch) {
        self.0.lock().retain(|kept| kept.key.scope != scope || kept.key.epoch == epoch);
    }

    fn slot(&self, now_ms: i64, key: Key) -> Arc<Slot> {
        self.keep_only(key.scope, key.epoch);
        let mut kept = self.0.lock();
        kept.retain(|kept| now_ms - kept.asked_at_ms < KEPT_MS);
        let found = kept.iter().position(|kept| kept.key == key).and_then(|at| kept.remove(at));
        let slot = found.map_or_else(Arc::default, |found| found.slot);
        kept.push_back(Kept { key, asked_at_ms: now_ms, slot: slot.clone() });
        slot
    }

    fn trim(&self) {
        let mut kept = self.0.lock();
        let mut bytes: usize = kept.iter().map(|kept| kept.slot.bytes.load(Ordering::Relaxed)).sum();
        while bytes > BYTES_MAX || kept.len() > PAGES_MAX {
            let Some(oldest) = kept.pop_front() else { return };
            bytes -= oldest.slot.bytes.load(Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use posto_sync::Seq;

    use super::*;

    const EPOCH: Epoch = Epoch([1; 16]);

    fn key(before: u64) -> Key {
        let page = Page { as_of: Seq(9_000), before: Seq(before), max_bytes: 1_000, verbatim: false };
        Key { scope: ScopeId(1), epoch: EPOCH, page }
    }

    fn of(epoch: Epoch, bytes: usize) -> Result<Encoded, HubError> {
        Ok(Encoded { epoch, batches: vec![vec![7; bytes]], changes: 1, before: Seq(0) })
    }

    fn is_kept(pages: &Pages, now_ms: i64, key: Key) -> bool {
        let mut made = false;
        let got = pages.get_or_make(now_ms, key, || {
            made = true;
            of(key.epoch, 10)
        });
        assert_eq!(got.unwrap().epoch, key.epoch);
        !made
    }

    #[test]
    fn a_page_is_made_once_until_nobody_asks_any_more() {
        let pages = Pages::default();
        assert!(!is_kept(&pages, 0, key(5)));
        assert!(is_kept(&pages, KEPT_MS - 1, key(5)));
        assert!(is_kept(&pages, 2 * (KEPT_MS - 1), key(5)));
        assert!(!is_kept(&pages, 5 * KEPT_MS, key(5)));
    }

    #[test]
    fn of_a_past_epoch_nothing_is_kept() {
        let pages = Pages::default();
        let renewed = Key { epoch: Epoch([2; 16]), ..key(5) };
        // Erased between the look at the scope and the making.
        let made = pages.get_or_make(0, key(5), || of(renewed.epoch, 10)).unwrap();
        assert_eq!(made.epoch, renewed.epoch);
        assert!(!is_kept(&pages, 0, key(5)));
        assert!(!is_kept(&pages, 0, renewed));
        assert_eq!(pages.0.lock().len(), 1);
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes_and_in_number() {
        let pages = Pages::default();
        for before in 0..20 {
            pages.get_or_make(0, key(before), || of(EPOCH, BYTES_MAX / 4)).unwrap();
        }
        assert_eq!(pages.0.lock().len(), 4);
        for before in 0..1_000 {
            pages.get_or_make(0, key(before), || of(EPOCH, 1)).unwrap();
        }
        assert_eq!(pages.0.lock().len(), PAGES_MAX);
        let failed = pages.get_or_make(0, key(5_000), || Err(HubError::Overtaken));
        assert!(failed.is_err());
        assert!(!is_kept(&pages, 0, key(5_000)));
    }
}
