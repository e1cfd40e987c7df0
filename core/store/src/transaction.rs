//! What a closure given to `Store::read` or `Store::write` works with. The operations themselves
//! stand beside the tables they speak about.

use std::cell::{Cell, RefCell};
use std::ops::Deref;

use rusqlite::{CachedStatement, Connection};

use crate::error::Result;
use crate::event::StoreEvent;
use crate::opened::Era;
use crate::replica::state::ScopeDeltas;
use crate::shared::Shared;

/// One consistent state of the database.
pub struct ReadTx<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) shared: &'c Shared,
    /// Of the vocabulary, from before anything was read.
    pub(crate) generation: u64,
    /// Which opened documents may be kept: none of a transaction that writes, which may yet be undone.
    pub(crate) era: Option<Era>,
}

impl<'c> ReadTx<'c> {
    pub(crate) fn new(connection: &'c Connection, shared: &'c Shared) -> Self {
        let era = Some(shared.opened.era());
        Self { connection, shared, generation: shared.vocabulary.generation(), era }
    }

    /// A statement that stays prepared on this connection.
    pub(crate) fn statement(&self, sql: &str) -> Result<CachedStatement<'c>> {
        Ok(self.connection.prepare_cached(sql)?)
    }
}

/// A transaction that writes. Everything that can be read can be read here too, with what was
/// written so far.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
    /// Of the writes that are kept; then, from `open` on, of the write that runs.
    events: RefCell<Vec<StoreEvent>>,
    kept: usize,
    pub(crate) deltas: RefCell<ScopeDeltas>,
    has_words: Cell<bool>,
}

impl<'c> WriteTx<'c> {
    pub(crate) fn new(connection: &'c Connection, shared: &'c Shared) -> Self {
        Self {
            read: ReadTx { era: None, ..ReadTx::new(connection, shared) },
            events: RefCell::default(),
            kept: 0,
            deltas: RefCell::default(),
            has_words: Cell::new(false),
        }
    }

    /// The word index got a segment.
    pub(crate) fn note_words(&self) {
        self.has_words.set(true);
    }

    pub(crate) fn has_words(&self) -> bool {
        self.has_words.get()
    }

    /// Tells listeners after the commit, if this write is kept.
    pub(crate) fn announce(&self, event: StoreEvent) {
        self.events.borrow_mut().push(event);
    }

    /// Writes what was collected for the end of the write.
    pub(crate) fn flush(&self) -> Result<()> {
        let deltas = self.deltas.take();
        deltas.write(self)
    }

    pub(crate) fn keep(&mut self) {
        self.kept = self.events.get_mut().len();
    }

    pub(crate) fn discard(&mut self) {
        self.events.get_mut().truncate(self.kept);
        self.deltas.take();
    }

    pub(crate) fn into_events(self) -> Vec<StoreEvent> {
        self.events.into_inner()
    }
}

impl<'c> Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;

    fn deref(&self) -> &ReadTx<'c> {
        &self.read
    }
}
