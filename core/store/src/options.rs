//! How a store is opened.

use std::sync::Arc;

use crate::clock::{Clock, Entropy, SystemEntropy};

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// After fsync (`synchronous=FULL`). What a clinic runs.
    #[default]
    Full,
    /// After the write reached the operating system. For simulations, which crash on purpose
    /// inside one process and run by the hundred thousand.
    Process,
}

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// Wall time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for keys.
    pub entropy: Arc<dyn Entropy>,
    /// When a commit counts as done.
    pub durability: Durability,
    /// How many reads may run at once.
    pub readers_max: usize,
    /// Page cache of each connection, in KiB.
    pub cache_kib: u32,
    /// Whether read models follow remote changes on threads of the store. A simulation turns it
    /// off and calls `Store::project` itself.
    pub background: bool,
}

impl StoreOptions {
    /// What a clinic runs, on the given clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            entropy: Arc::new(SystemEntropy),
            durability: Durability::Full,
            readers_max: 4,
            cache_kib: 4096,
            background: true,
        }
    }
}

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions")
            .field("durability", &self.durability)
            .field("readers_max", &self.readers_max)
            .field("cache_kib", &self.cache_kib)
            .field("background", &self.background)
            .finish_non_exhaustive()
    }
}
