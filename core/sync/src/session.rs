//! What a driver and an engine say to each other.

use std::collections::BTreeMap;

use crate::channel::Channel;
use crate::types::{ScopeName, SessionEnd};

/// Names one storage request of one session; counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub u64);

/// A storage request could not be carried out. Nothing of it has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreFailure {
    /// No room on the disk. The engine tries again, ever more slowly.
    #[error("the disk is full")]
    Full,
    /// A passing condition (lock, lost database connection). The engine tries again.
    #[error("the storage is busy")]
    Busy,
    /// Trying again cannot help. The session ends with [`SessionEnd::StorageFailed`].
    #[error("the storage failed")]
    Broken,
}

/// What happens to a session. `A` is the engine's answer type
/// ([`crate::node::NodeAnswer`] or [`crate::hub::HubAnswer`]), `N` its nudges.
#[derive(Debug, Clone)]
pub enum Input<A, N> {
    /// The connection is up. Exactly once, first.
    Connected,
    /// One whole frame (length prefix and preface taken off) arrived on a channel, in order.
    Received {
        /// Where.
        channel: Channel,
        /// The frame.
        frame: Vec<u8>,
    },
    /// The storage request of [`Effect::Store`] with this number is finished. Exactly once each;
    /// in any order.
    Stored {
        /// Which request.
        op: OpId,
        /// Its answer: the variant of the same name as the request's.
        answer: Result<A, StoreFailure>,
    },
    /// Something outside the session changed.
    Nudge(N),
    /// The time named by [`Session::next_timeout`] has come. Early or repeated calls do no harm.
    Timeout,
    /// The owner wants the session over; the engine says goodbye and answers [`Effect::Close`].
    Stop(SessionEnd),
    /// The connection is gone. Last input; later answers of running storage requests may be dropped.
    Disconnected,
}

/// What a session wants done, in order. `R` is the engine's request type, `E` its events.
#[derive(Debug, Clone)]
pub enum Effect<R, E> {
    /// Append one frame (the driver adds the length prefix) to the channel's stream.
    Send {
        /// Where.
        channel: Channel,
        /// The frame.
        frame: Vec<u8>,
    },
    /// Run a storage request on a blocking thread; several may run at once, also of one scope (the
    /// engine itself waits where order matters). Answer with [`Input::Stored`].
    Store {
        /// Number to answer with.
        op: OpId,
        /// What to do.
        request: R,
    },
    /// Something the owner may want to show, count or log.
    Event(E),
    /// Deliver what was sent if possible (at most a second), then close the connection with
    /// [`SessionEnd::code`]. Last effect of a session.
    Close {
        /// Why.
        end: SessionEnd,
    },
}

/// What both engines are to a driver.
pub trait Session {
    /// Storage requests.
    type Request: Send + 'static;
    /// Answers to them.
    type Answer: Send + 'static;
    /// Nudges from outside.
    type Nudge: Send + 'static;
    /// Events for the owner.
    type Event: Send + 'static;

    /// Takes one input at `now_ms` (any monotonic milliseconds; the wall clock travels in the
    /// constructor) and says what to do.
    fn handle(
        &mut self,
        now_ms: u64,
        input: Input<Self::Answer, Self::Nudge>,
    ) -> Vec<Effect<Self::Request, Self::Event>>;

    /// When [`Input::Timeout`] is due, on the same clock; `None` when nothing is waited for.
    fn next_timeout(&self) -> Option<u64>;

    /// Numbers so far.
    fn statistics(&self) -> &Statistics;
}

/// Counters of one session, since it began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Bytes of frames sent, length prefixes and stream prefaces included.
    pub bytes_sent: u64,
    /// Bytes of frames received, length prefixes and stream prefaces included.
    pub bytes_received: u64,
    /// Frames sent.
    pub frames_sent: u64,
    /// Frames received.
    pub frames_received: u64,
    /// Times the session had to wait for an answer before it could go on, hello included.
    pub round_trips: u64,
    /// Changes sent and acknowledged by the peer.
    pub changes_sent: u64,
    /// Changes received and stored.
    pub changes_received: u64,
    /// Attachment bytes sent.
    pub blob_bytes_sent: u64,
    /// Attachment bytes received.
    pub blob_bytes_received: u64,
    /// Fingerprints that differed although the cursors agreed.
    pub incidents: u64,
    /// Per scope: both sides are known to hold the same changes.
    pub in_sync: BTreeMap<ScopeName, bool>,
}

impl Statistics {
    /// Every scope of the session is known to be equal on both sides.
    #[must_use]
    pub fn all_in_sync(&self) -> bool {
        !self.in_sync.is_empty() && self.in_sync.values().all(|in_sync| *in_sync)
    }
}
