//! What the writer, the readers and the projector of one store have in common.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use parking_lot::RwLock;

use crate::error::Result;
use crate::event::{Listener, StoreEvent};
use crate::key::StoreKey;
use crate::opened::Opened;
use crate::options::StoreOptions;
use crate::read_model::vocabulary::Vocabulary;
use crate::reader::ReaderPool;

pub(crate) struct Shared {
    pub(crate) folder: PathBuf,
    pub(crate) database: PathBuf,
    pub(crate) key: StoreKey,
    pub(crate) options: StoreOptions,
    pub(crate) readers: ReaderPool,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) opened: Opened,
    listeners: RwLock<Vec<Listener>>,
}

impl Shared {
    pub(crate) fn new(folder: PathBuf, database: PathBuf, key: StoreKey, options: StoreOptions) -> Self {
        let readers = ReaderPool::new(options.readers_max);
        Self {
            folder,
            database,
            key,
            options,
            readers,
            vocabulary: Vocabulary::default(),
            opened: Opened::default(),
            listeners: RwLock::default(),
        }
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.options.clock.now_ms()
    }

    pub(crate) fn draw<const N: usize>(&self) -> Result<[u8; N]> {
        self.options.entropy.draw()
    }

    pub(crate) fn listen(&self, listener: Listener) {
        self.listeners.write().push(listener);
    }

    pub(crate) fn publish(&self, events: &[StoreEvent]) {
        if events.is_empty() {
            return;
        }
        let listeners = self.listeners.read();
        for event in events {
            for listener in listeners.iter() {
                // A listener that panics must not take the writer with it.
                if catch_unwind(AssertUnwindSafe(|| listener(event))).is_err() {
                    tracing::error!("a listener panicked");
                }
            }
        }
    }

    pub(crate) fn close_readers(&self) {
        self.readers.close();
    }
}
