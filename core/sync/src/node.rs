//! The engine of a clinic's node.

mod request;

pub use request::{Advance, AppendOutcome, ChunkOutcome, NodeAnswer, NodeEvent, NodeNudge, NodeRequest};

use crate::session::{Effect, Input, Session, Statistics};
use crate::types::{ActorPrefix, BootId, NodeKey};

/// Who this node is and how it behaves; constant for a session.
#[derive(Debug, Clone)]
pub struct NodeConfig {
    /// The node id its certificate carries.
    pub node: NodeKey,
    /// First half of its actor ids.
    pub actor_prefix: ActorPrefix,
    /// Drawn at process start.
    pub boot: BootId,
    /// Number of this connection within the process, counted up: a higher one replaces a lower one.
    pub connection: u64,
    /// Software name and version, for the server's console.
    pub software: String,
    /// Highest protocol version to offer; [`crate::limits`]' own unless a test plays an old peer.
    pub version_max: u16,
    /// Wall clock when `handle` got its first input, milliseconds since 1970; the session adds the
    /// monotonic time that passes.
    pub wall_clock_ms: u64,
}

/// One connection of a node to the server.
#[derive(Debug)]
pub struct NodeSession {
    config: NodeConfig,
    statistics: Statistics,
}

impl NodeSession {
    /// A session for a connection about to be used; its first input is [`Input::Connected`].
    #[must_use]
    pub fn new(config: NodeConfig) -> Self {
        Self { config, statistics: Statistics::default() }
    }

    /// Nothing is left to send, receive or wait for and every scope was verified: a
    /// `sync --once` is finished. Attachments count too.
    #[must_use]
    pub fn caught_up(&self) -> bool {
        self.statistics.all_in_sync() && self.config.version_max > 0
    }
}

impl Session for NodeSession {
    type Request = NodeRequest;
    type Answer = NodeAnswer;
    type Nudge = NodeNudge;
    type Event = NodeEvent;

    fn handle(
        &mut self,
        _now_ms: u64,
        _input: Input<NodeAnswer, NodeNudge>,
    ) -> Vec<Effect<NodeRequest, NodeEvent>> {
        Vec::new()
    }

    fn next_timeout(&self) -> Option<u64> {
        None
    }

    fn statistics(&self) -> &Statistics {
        &self.statistics
    }
}
