//! One scope of a server's session.

use std::collections::VecDeque;

use negentropy::{Negentropy, NegentropyStorageVector};

use crate::message::PushBatch;
use crate::types::{BootstrapPosition, Checkpoint, Epoch, Seq};

/// The server's outgoing side.
#[derive(Debug, Default)]
pub(super) struct Feed {
    /// The node expects batches; else it repairs.
    pub(super) active: bool,
    pub(super) generation: u32,
    /// Sent up to here.
    pub(super) cursor: Seq,
    /// Sent down to here, while a first download lasts.
    pub(super) bootstrap: Option<BootstrapPosition>,
    /// Where the first download ends, if this session began one.
    pub(super) first_as_of: Option<Seq>,
    /// Frames sent and not acknowledged.
    pub(super) in_flight: usize,
    pub(super) reading: bool,
    /// The read under way is of an earlier generation.
    pub(super) stale_read: bool,
    /// There may be something to send.
    pub(super) dirty: bool,
    /// The next batch goes verbatim.
    pub(super) verbatim: bool,
    /// The last checkpoint sent.
    pub(super) told: Option<Checkpoint>,
}

/// The server's incoming side.
#[derive(Debug, Default)]
pub(super) struct Push {
    pub(super) generation: u32,
    pub(super) queue: VecDeque<PushBatch>,
    /// The first of the queue is being appended.
    pub(super) appending: bool,
}

/// A reconciliation the node has begun.
#[derive(Default)]
pub(super) enum Repair {
    #[default]
    None,
    /// The hashes are being listed; the node's first query waits.
    Listing(Vec<u8>),
    /// Rounds go back and forth.
    Comparing(Box<Negentropy<'static, NegentropyStorageVector>>),
    /// Missing changes are asked for; `true` while some are being read.
    Serving(bool),
}

impl std::fmt::Debug for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Listing(_) => "Listing",
            Self::Comparing(_) => "Comparing",
            Self::Serving(_) => "Serving",
        })
    }
}

/// Everything a session knows of a scope.
#[derive(Debug)]
pub(super) struct HubScope {
    /// The incarnation this session works with.
    pub(super) epoch: Epoch,
    pub(super) feed: Feed,
    pub(super) push: Push,
    pub(super) repair: Repair,
    pub(super) erasures_reading: bool,
}

impl HubScope {
    pub(super) fn new(epoch: Epoch, feed: Feed) -> Self {
        Self { epoch, feed, push: Push::default(), repair: Repair::None, erasures_reading: false }
    }
}
