//! The world itself: the queue of what happens, connections, crashes.

mod happen;

use std::collections::BTreeMap;

use super::registry::LiveSessions;
use super::{Dice, HubStore, NodeStore};
use crate::channel::Channel;
use crate::hub::{HubAnswer, HubConfig, HubNudge, HubRequest, HubSession};
use crate::limits::VERSION_NEWEST;
use crate::node::{NodeAnswer, NodeConfig, NodeNudge, NodeRequest, NodeSession};
use crate::session::{Input, OpId, Session, Statistics, StoreFailure};
use crate::types::{ActorPrefix, BootId, NodeKey, ScopeName, SessionEnd};

/// How badly things go, per thousand unless said otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Longest time on the way, one direction, milliseconds; each channel draws its own for each frame.
    pub latency_ms: u64,
    /// Frames whose sending cuts the connection.
    pub cut: u64,
    /// Frames whose sending makes all later ones in that direction vanish until the connection times out.
    pub one_way: u64,
    /// Storage requests before or after which the process crashes.
    pub crash: u64,
    /// Storage requests that find the disk full or busy.
    pub full: u64,
    /// Frames of hostile nodes, both ways, that arrive with a bit changed.
    pub mangled: u64,
    /// Frames of any node that arrive as no message at all: the session must end, the next one make it good.
    pub malformed: u64,
    /// Frames before which one of a later protocol comes: it must be skipped.
    pub unknown: u64,
    /// Longest time of a storage request beyond the usual, milliseconds.
    pub slow_ms: u64,
}

/// A node of the world.
#[derive(Debug)]
pub struct NodeSlot<N> {
    /// Its database.
    pub store: N,
    /// Its identity.
    pub key: NodeKey,
    /// First half of its actor ids.
    pub actor_prefix: ActorPrefix,
    /// Its process.
    pub boot: BootId,
    /// Added to the true time, milliseconds.
    pub clock_offset_ms: i64,
    /// Highest version it speaks.
    pub version_max: u16,
    /// The server refuses its certificate.
    pub revoked: bool,
    /// It does not try to connect.
    pub offline: bool,
    /// Its frames are mangled ([`Faults::mangled`]); it need not converge.
    pub hostile: bool,
    /// Its disk was copied from another node's; it need not converge.
    pub copied: bool,
    /// Why its last session ended.
    pub last_end: Option<SessionEnd>,
    /// Sum over its sessions.
    pub sessions: u64,
    connection: Option<u64>,
    connections: u64,
    backoff_ms: u64,
}

impl<N> NodeSlot<N> {
    /// A node that will connect as soon as the world runs.
    pub fn new(store: N, key: NodeKey, actor_prefix: ActorPrefix) -> Self {
        Self {
            store,
            key,
            actor_prefix,
            boot: BootId(u64::from(key.0[0]) << 32 | u64::from(key.0[15])),
            clock_offset_ms: 0,
            version_max: VERSION_NEWEST,
            revoked: false,
            offline: false,
            hostile: false,
            copied: false,
            last_end: None,
            sessions: 0,
            connection: None,
            connections: 0,
            backoff_ms: 0,
        }
    }
}

impl<N> NodeSlot<N> {
    /// Whether it has to hold what the server holds once things are quiet.
    pub fn must_converge(&self) -> bool {
        !self.offline && !self.revoked && !self.hostile && !self.copied
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Node,
    Hub,
}

struct Connection {
    node: usize,
    node_session: Option<NodeSession>,
    hub_session: Option<HubSession>,
    /// Time the last frame of each direction and channel arrives: streams keep their order.
    arrivals: BTreeMap<(Side, Channel), u64>,
    /// Frames towards this side vanish.
    deaf: Option<Side>,
    /// The server has let the node in.
    admitted: bool,
}

enum Happening {
    Frame {
        to: Side,
        channel: Channel,
        frame: Vec<u8>,
    },
    /// A frame that is no message, of which the session must end; or one of a later protocol, of which it must not.
    Odd {
        to: Side,
        channel: Channel,
        frame: Vec<u8>,
        malformed: bool,
    },
    NodeRequest {
        op: OpId,
        request: NodeRequest,
    },
    HubRequest {
        op: OpId,
        request: HubRequest,
    },
    NodeAnswer {
        op: OpId,
        answer: Result<NodeAnswer, StoreFailure>,
    },
    HubAnswer {
        op: OpId,
        answer: Result<HubAnswer, StoreFailure>,
    },
    Lost(Side),
}

enum Entry {
    Connect(usize),
    Of(u64, Happening),
}

/// Nodes, a server, and everything between them.
pub struct World<N, H> {
    /// Virtual time, milliseconds.
    pub now_ms: u64,
    /// The only chance there is.
    pub dice: Dice,
    /// How badly things go from now on.
    pub faults: Faults,
    /// All nodes.
    pub nodes: Vec<NodeSlot<N>>,
    /// The server's database.
    pub hub: H,
    /// The server's wall clock at time 0.
    pub epoch_ms: u64,
    /// Incidents reported by any engine: fingerprints that differed although cursors agreed.
    pub incidents: u64,
    /// Largest number of entries the queue ever had.
    pub queue_max: usize,
    /// Highest version the server speaks.
    pub hub_version_max: u16,
    /// Whether the handshake refuses revoked nodes; otherwise only the server's storage does.
    pub handshake_refuses: bool,
    /// Sessions that outlived a malformed frame, or did not outlive one of a later protocol: must stay 0.
    pub misjudged: u64,
    /// Times a node was let in while its copy had a session: must stay 0.
    pub twins: u64,
    registry: LiveSessions,
    queue: BTreeMap<(u64, u64), Entry>,
    entries: u64,
    connections: BTreeMap<u64, Connection>,
    connection_count: u64,
}

impl<N: NodeStore, H: HubStore> World<N, H> {
    /// An empty world.
    pub fn new(seed: u64, hub: H) -> Self {
        Self {
            now_ms: 0,
            dice: Dice::new(seed),
            faults: Faults::default(),
            nodes: Vec::new(),
            hub,
            epoch_ms: 1_790_000_000_000,
            incidents: 0,
            queue_max: 0,
            hub_version_max: VERSION_NEWEST,
            handshake_refuses: true,
            misjudged: 0,
            twins: 0,
            registry: LiveSessions::default(),
            queue: BTreeMap::new(),
            entries: 0,
            connections: BTreeMap::new(),
            connection_count: 0,
        }
    }

    /// Adds a node; it connects at once.
    pub fn add(&mut self, node: NodeSlot<N>) -> usize {
        self.nodes.push(node);
        let index = self.nodes.len() - 1;
        self.put(0, Entry::Connect(index));
        index
    }

    /// Tells a node's session about something, as its process would.
    pub fn nudge(&mut self, node: usize, nudge: NodeNudge) {
        if let Some(connection) = self.nodes[node].connection {
            self.node_input(connection, Input::Nudge(nudge));
        }
    }

    /// Tells all sessions of the server that a scope changed.
    pub fn nudge_hub(&mut self, scope: &ScopeName) {
        let all: Vec<u64> = self.connections.keys().copied().collect();
        for connection in all {
            self.hub_input(connection, Input::Nudge(HubNudge::Changed(scope.clone())));
        }
    }

    /// The node's process dies and starts again: new boot, session and unanswered requests gone.
    pub fn crash_node(&mut self, node: usize) {
        self.nodes[node].store.crashed();
        self.nodes[node].boot = BootId(self.dice.roll());
        self.nodes[node].connections = 0;
        self.nodes[node].backoff_ms = 0;
        if let Some(connection) = self.nodes[node].connection.take() {
            self.lose(connection, Side::Hub);
            self.node_over(connection, SessionEnd::ConnectionLost);
        } else {
            self.reconnect(node);
        }
    }

    /// The server's process dies and starts again.
    pub fn crash_hub(&mut self) {
        self.hub.crashed();
        let all: Vec<u64> = self.connections.keys().copied().collect();
        for connection in all {
            if let Some(dead) = self.connections.get_mut(&connection) {
                dead.hub_session = None;
            }
            self.lose(connection, Side::Node);
        }
        self.registry.clear();
    }

    /// The server's administrator revokes a node's certificate.
    pub fn revoke(&mut self, node: usize) {
        self.nodes[node].revoked = true;
        if let Some(connection) = self.nodes[node].connection {
            self.hub_input(connection, Input::Stop(SessionEnd::Revoked));
        }
    }

    /// Plugs the node's cable in or out.
    pub fn set_offline(&mut self, node: usize, offline: bool) {
        self.nodes[node].offline = offline;
        if offline {
            if let Some(connection) = self.nodes[node].connection {
                self.lose(connection, Side::Node);
                self.lose(connection, Side::Hub);
            }
        } else if self.nodes[node].connection.is_none() {
            self.nodes[node].backoff_ms = 0;
            self.put(1, Entry::Connect(node));
        }
    }

    /// The node's session, if it has one.
    pub fn session(&self, node: usize) -> Option<&NodeSession> {
        self.connections.get(&self.nodes[node].connection?)?.node_session.as_ref()
    }

    /// The node's session's numbers.
    pub fn statistics(&self, node: usize) -> Option<&Statistics> {
        self.session(node).map(Session::statistics)
    }

    /// Every node that may connect is connected and caught up.
    pub fn caught_up(&self) -> bool {
        (0..self.nodes.len())
            .filter(|node| self.nodes[*node].must_converge())
            .all(|node| self.session(node).is_some_and(NodeSession::caught_up))
    }

    /// Runs until `now_ms + duration_ms`.
    pub fn run_for(&mut self, duration_ms: u64) {
        let until_ms = self.now_ms + duration_ms;
        while self.step(until_ms) {}
        self.now_ms = until_ms;
    }

    /// Runs until everything is caught up; `false` when it is not within `limit_ms`.
    pub fn run_until_caught_up(&mut self, limit_ms: u64) -> bool {
        let until_ms = self.now_ms + limit_ms;
        while !self.caught_up() {
            if !self.step(until_ms) {
                return false;
            }
        }
        true
    }

    /// The next thing that happens, if it does so before `until_ms`.
    fn step(&mut self, until_ms: u64) -> bool {
        let timer = self.next_timer();
        let next = self.queue.keys().next().copied();
        let timer_first = match (timer, next) {
            (Some((due_ms, ..)), Some((at_ms, _))) => due_ms < at_ms,
            (timer, _) => timer.is_some(),
        };
        if timer_first {
            let Some((due_ms, connection, side)) = timer.filter(|(due_ms, ..)| *due_ms <= until_ms) else {
                return false;
            };
            self.now_ms = self.now_ms.max(due_ms);
            match side {
                Side::Node => self.node_input(connection, Input::Timeout),
                Side::Hub => self.hub_input(connection, Input::Timeout),
            }
            return true;
        }
        let Some(key) = next.filter(|(at_ms, _)| *at_ms <= until_ms) else { return false };
        self.now_ms = self.now_ms.max(key.0);
        match self.queue.remove(&key) {
            Some(Entry::Connect(node)) => self.connect(node),
            Some(Entry::Of(connection, happening)) => self.happen(connection, happening),
            None => {}
        }
        true
    }

    fn next_timer(&self) -> Option<(u64, u64, Side)> {
        let timers = self.connections.iter().flat_map(|(id, connection)| {
            let node = connection.node_session.as_ref().and_then(Session::next_timeout);
            let hub = connection.hub_session.as_ref().and_then(Session::next_timeout);
            [node.map(|due_ms| (due_ms, *id, Side::Node)), hub.map(|due_ms| (due_ms, *id, Side::Hub))]
        });
        timers.flatten().min()
    }

    fn put(&mut self, delay_ms: u64, entry: Entry) {
        self.entries += 1;
        self.queue.insert((self.now_ms + delay_ms, self.entries), entry);
        self.queue_max = self.queue_max.max(self.queue.len());
    }

    fn connect(&mut self, index: usize) {
        let wall_clock_ms = self.epoch_ms + self.now_ms;
        let node = &mut self.nodes[index];
        if node.connection.is_some() || node.offline {
            return;
        }
        if node.revoked && self.handshake_refuses {
            // The handshake itself fails.
            node.last_end = Some(SessionEnd::Revoked);
            return;
        }
        node.connections += 1;
        node.sessions += 1;
        self.connection_count += 1;
        let id = self.connection_count;
        node.connection = Some(id);
        let node_config = NodeConfig {
            node: node.key,
            actor_prefix: node.actor_prefix,
            boot: node.boot,
            connection: node.connections,
            software: "simulation".to_owned(),
            version_max: node.version_max,
            wall_clock_ms: wall_clock_ms.saturating_add_signed(node.clock_offset_ms),
        };
        let hub_config = HubConfig { node: node.key, version_max: self.hub_version_max, wall_clock_ms };
        let connection = Connection {
            node: index,
            node_session: Some(NodeSession::new(node_config)),
            hub_session: Some(HubSession::new(hub_config)),
            arrivals: BTreeMap::new(),
            deaf: None,
            admitted: false,
        };
        self.connections.insert(id, connection);
        self.hub_input(id, Input::Connected);
        self.node_input(id, Input::Connected);
    }
}
