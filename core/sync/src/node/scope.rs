//! One scope of a node's session.

use std::collections::VecDeque;

use super::repair::Repair;
use crate::message::FeedBatch;
use crate::types::{Checkpoint, Epoch, LocalSeq, RefusedChange, ScopeState};

/// What a scope is busy with.
#[derive(Debug)]
pub(super) enum Phase {
    /// Feed and push run.
    Live,
    /// The position is read anew from the storage.
    Reloading,
    /// The server's erasure ledger is being carried out; a repair follows.
    Erasing,
    /// Reconciling; the feed stands still and nothing is pushed.
    Repairing(Box<Repair>),
}

/// A pushed batch that has not been acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PushedBatch {
    pub(super) number: u64,
    pub(super) after: LocalSeq,
    pub(super) up_to: LocalSeq,
    pub(super) changes: u32,
}

/// The node's outgoing side.
#[derive(Debug, Default)]
pub(super) struct Push {
    /// The next read begins behind this.
    pub(super) after: LocalSeq,
    /// A read is under way.
    pub(super) reading: bool,
    /// Reads of an earlier round are void.
    pub(super) stale_read: bool,
    /// There may be something to read.
    pub(super) dirty: bool,
    pub(super) in_flight: VecDeque<PushedBatch>,
    /// Acknowledged batches whose acknowledgement is not recorded yet; the first one may be under way.
    pub(super) marks: VecDeque<(PushedBatch, Vec<RefusedChange>)>,
    pub(super) last_number: u64,
    pub(super) generation: u32,
    /// Batches sent from here on are verbatim, up to this local sequence.
    pub(super) verbatim_up_to: LocalSeq,
    /// A change was refused for a missing dependency and a repair has been made since.
    pub(super) repaired_for_dependency: bool,
}

/// The node's incoming side.
#[derive(Debug, Default)]
pub(super) struct Feed {
    pub(super) generation: u32,
    pub(super) queue: VecDeque<FeedBatch>,
    /// The next batch comes verbatim: should it be corrupt as well, it is beyond help.
    pub(super) verbatim: bool,
}

/// Everything a session knows of a scope.
#[derive(Debug)]
pub(super) struct NodeScope {
    pub(super) state: ScopeState,
    /// The server's incarnation.
    pub(super) epoch: Epoch,
    pub(super) writable: bool,
    pub(super) phase: Phase,
    /// The server's last word on its state.
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) feed: Feed,
    pub(super) push: Push,
    /// A request that changes the scope's row is under way. One at a time: answers carry the row, and
    /// the later answer must be the later state.
    pub(super) writing: bool,
    /// A repair shall begin as soon as nothing is under way.
    pub(super) repair_wanted: bool,
    /// It begins with the server's erasure ledger.
    pub(super) erasures_wanted: bool,
    /// Repairs in a row that ended without equality.
    pub(super) repairs: u32,
}

impl NodeScope {
    pub(super) fn new(state: ScopeState, epoch: Epoch, writable: bool, phase: Phase) -> Self {
        Self {
            state,
            epoch,
            writable,
            phase,
            checkpoint: None,
            feed: Feed::default(),
            push: Push { dirty: writable, ..Push::default() },
            writing: false,
            repair_wanted: false,
            erasures_wanted: false,
            repairs: 0,
        }
    }

    pub(super) const fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Live)
    }

    /// The server's word on its state; an older one that was overtaken on another stream is ignored.
    pub(super) fn note_checkpoint(&mut self, told: Checkpoint) {
        if self.checkpoint.is_none_or(|known| known.head <= told.head) {
            self.checkpoint = Some(told);
        }
    }

    /// No request or batch of feed or push is under way.
    pub(super) fn is_quiet(&self) -> bool {
        !self.writing && !self.push.reading && self.push.marks.is_empty() && self.push.in_flight.is_empty()
    }
}
