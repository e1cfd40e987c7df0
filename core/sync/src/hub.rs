//! The engine of the server, one per connected node.

mod request;

pub use request::{Admission, HubAnswer, HubEvent, HubNudge, HubRequest, PushOutcome};

use crate::session::{Effect, Input, Session, Statistics};
use crate::types::NodeKey;

/// What the connection and the server say about the peer; constant for a session.
#[derive(Debug, Clone)]
pub struct HubConfig {
    /// The node the peer's certificate was issued to.
    pub node: NodeKey,
    /// Highest protocol version to speak; also spoken: the two before it.
    pub version_max: u16,
    /// Wall clock when `handle` gets its first input, milliseconds since 1970.
    pub wall_clock_ms: u64,
}

/// One connection of the server to a node.
#[derive(Debug)]
pub struct HubSession {
    config: HubConfig,
    statistics: Statistics,
}

impl HubSession {
    /// A session for a connection whose certificate has been verified.
    #[must_use]
    pub fn new(config: HubConfig) -> Self {
        Self { config, statistics: Statistics::default() }
    }

    /// The node this session serves.
    #[must_use]
    pub fn node(&self) -> NodeKey {
        self.config.node
    }
}

impl Session for HubSession {
    type Request = HubRequest;
    type Answer = HubAnswer;
    type Nudge = HubNudge;
    type Event = HubEvent;

    fn handle(
        &mut self,
        _now_ms: u64,
        _input: Input<HubAnswer, HubNudge>,
    ) -> Vec<Effect<HubRequest, HubEvent>> {
        Vec::new()
    }

    fn next_timeout(&self) -> Option<u64> {
        None
    }

    fn statistics(&self) -> &Statistics {
        &self.statistics
    }
}
