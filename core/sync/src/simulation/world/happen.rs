//! What happens in a world: frames, storage requests, losses, and what sessions answer.

use super::super::registry::Order;
use super::super::{HubStore, NodeStore};
use super::{Connection, Entry, Happening, Side, World};
use crate::channel::Channel;
use crate::hub::{Admission, HubAnswer, HubEvent, HubNudge, HubRequest};
use crate::node::{NodeAnswer, NodeEvent, NodeNudge, NodeRequest};
use crate::session::{Effect, Input, OpId, Session, StoreFailure};
use crate::types::SessionEnd;

impl<N: NodeStore, H: HubStore> World<N, H> {
    /// The connection breaks; the given side notices after a while.
    pub(super) fn lose(&mut self, connection: u64, side: Side) {
        let delay_ms = self.dice.below(self.faults.latency_ms + 1);
        self.put(delay_ms, Entry::Of(connection, Happening::Lost(side)));
    }

    /// The other side closed the connection: what it said before is heard first.
    fn closed(&mut self, id: u64, side: Side) {
        let said = |connection: &Connection| connection.arrivals.get(&(side, Channel::Control)).copied();
        let said_ms = self.connections.get(&id).and_then(said).unwrap_or(0);
        let delay_ms = self.dice.below(self.faults.latency_ms + 1).max(said_ms.saturating_sub(self.now_ms));
        self.put(delay_ms, Entry::Of(id, Happening::Lost(side)));
    }

    pub(super) fn happen(&mut self, id: u64, happening: Happening) {
        match happening {
            Happening::Frame { to: Side::Node, channel, frame } => {
                self.node_input(id, Input::Received { channel, frame });
            }
            Happening::Frame { to: Side::Hub, channel, frame } => {
                self.hub_input(id, Input::Received { channel, frame });
            }
            Happening::Odd { to, channel, frame, malformed } => self.odd(id, to, channel, frame, malformed),
            Happening::NodeRequest { op, request } => self.node_request(id, op, request),
            Happening::HubRequest { op, request } => self.hub_request(id, op, request),
            Happening::NodeAnswer { op, answer } => self.node_input(id, Input::Stored { op, answer }),
            Happening::HubAnswer { op, answer } => self.hub_input(id, Input::Stored { op, answer }),
            Happening::Lost(Side::Node) => self.node_input(id, Input::Disconnected),
            Happening::Lost(Side::Hub) => self.hub_input(id, Input::Disconnected),
        }
    }

    /// Delivers an odd frame and notes a session that takes it wrongly. One that is not past its greeting gets it, too: a
    /// stream loses nothing while its connection lasts, and what came in place of a frame is all there is of that frame.
    fn odd(&mut self, id: u64, to: Side, channel: Channel, frame: Vec<u8>, malformed: bool) {
        let was_listening = self.is_listening(id, to);
        match to {
            Side::Node => self.node_input(id, Input::Received { channel, frame }),
            Side::Hub => self.hub_input(id, Input::Received { channel, frame }),
        }
        self.misjudged += u64::from(was_listening && self.is_listening(id, to) == malformed);
    }

    /// Whether this side has a session that is past its greeting: what overtakes the welcome is looked at after it.
    fn is_listening(&self, id: u64, side: Side) -> bool {
        let Some(connection) = self.connections.get(&id) else { return false };
        match side {
            Side::Node => {
                let session = connection.node_session.as_ref();
                session.is_some_and(|session| !session.statistics().in_sync.is_empty())
            }
            Side::Hub => connection.hub_session.is_some() && connection.admitted,
        }
    }

    fn node_request(&mut self, id: u64, op: OpId, request: NodeRequest) {
        let Some(node) = self.connections.get(&id).filter(|c| c.node_session.is_some()).map(|c| c.node)
        else {
            return;
        };
        let crash = self.dice.happens(self.faults.crash);
        if crash && self.dice.happens(500) {
            self.crash_node(node);
            return;
        }
        let answer = if self.dice.happens(self.faults.full) {
            Err(if self.dice.happens(500) { StoreFailure::Full } else { StoreFailure::Busy })
        } else {
            self.nodes[node].store.answer(request)
        };
        if crash {
            self.crash_node(node);
            return;
        }
        let delay_ms = self.dice.below(3 + self.faults.slow_ms);
        self.put(delay_ms, Entry::Of(id, Happening::NodeAnswer { op, answer }));
    }

    fn hub_request(&mut self, id: u64, op: OpId, request: HubRequest) {
        let Some(node) = self.connections.get(&id).filter(|c| c.hub_session.is_some()).map(|c| c.node) else {
            return;
        };
        let crash = self.dice.happens(self.faults.crash);
        if crash && self.dice.happens(500) {
            self.crash_hub();
            return;
        }
        let answer = if self.dice.happens(self.faults.full) {
            Err(if self.dice.happens(500) { StoreFailure::Full } else { StoreFailure::Busy })
        } else if let HubRequest::Admit { node: key, boot, connection, .. } = request {
            let (claim, order) = self.registry.claim(id, key, boot, connection);
            match order {
                Some(Order::Stop(other, end)) => self.hub_input(other, Input::Stop(end)),
                Some(Order::Probe(other)) => self.hub_input(other, Input::Nudge(HubNudge::Probe)),
                None => {}
            }
            match claim {
                Ok(()) => self.hub.answer(node, request),
                Err(end) => Ok(HubAnswer::Admit(Admission::Refused(end))),
            }
        } else {
            self.run_hub_request(id, node, request)
        };
        if crash {
            self.crash_hub();
            return;
        }
        let delay_ms = self.dice.below(3 + self.faults.slow_ms);
        self.put(delay_ms, Entry::Of(id, Happening::HubAnswer { op, answer }));
    }

    /// The others hear of a change once it is stored, whatever has become of the session that brought it.
    fn run_hub_request(
        &mut self,
        id: u64,
        node: usize,
        request: HubRequest,
    ) -> Result<HubAnswer, StoreFailure> {
        let news = request.news();
        let answer = self.hub.answer(node, request);
        if let Some(nudge) = news.of(&answer) {
            self.nudge_others(id, &nudge);
        }
        answer
    }

    fn nudge_others(&mut self, id: u64, nudge: &HubNudge) {
        let others: Vec<u64> = self.connections.keys().copied().filter(|other| *other != id).collect();
        for other in others {
            self.hub_input(other, Input::Nudge(nudge.clone()));
        }
    }

    pub(super) fn node_input(&mut self, id: u64, input: Input<NodeAnswer, NodeNudge>) {
        let now_ms = self.now_ms;
        let Some(session) = self.connections.get_mut(&id).and_then(|c| c.node_session.as_mut()) else {
            return;
        };
        for effect in session.handle(now_ms, input) {
            match effect {
                Effect::Send { channel, frame } => self.send(id, Side::Hub, channel, frame),
                Effect::Store { op, request } => {
                    let delay_ms = self.dice.below(4);
                    self.put(delay_ms, Entry::Of(id, Happening::NodeRequest { op, request }));
                }
                Effect::Event(NodeEvent::Mismatch { .. }) => self.incidents += 1,
                Effect::Event(_) => {}
                Effect::Close { end } => {
                    self.closed(id, Side::Hub);
                    self.node_over(id, end);
                }
            }
        }
    }

    pub(super) fn node_over(&mut self, id: u64, end: SessionEnd) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.node_session.take().is_none() {
            return;
        }
        let index = connection.node;
        self.bury(id);
        let node = &mut self.nodes[index];
        node.last_end = Some(end);
        if node.connection == Some(id) {
            node.connection = None;
        }
        if end.worth_retrying() || end == SessionEnd::Cloned {
            self.reconnect(index);
        }
    }

    pub(super) fn reconnect(&mut self, node: usize) {
        let backoff_ms = (self.nodes[node].backoff_ms * 2).clamp(200, 20_000);
        self.nodes[node].backoff_ms = backoff_ms;
        let delay_ms = backoff_ms / 2 + self.dice.below(backoff_ms);
        self.put(delay_ms, Entry::Connect(node));
    }

    pub(super) fn hub_input(&mut self, id: u64, input: Input<HubAnswer, HubNudge>) {
        let now_ms = self.now_ms;
        let Some(session) = self.connections.get_mut(&id).and_then(|c| c.hub_session.as_mut()) else {
            return;
        };
        for effect in session.handle(now_ms, input) {
            match effect {
                Effect::Send { channel, frame } => self.send(id, Side::Node, channel, frame),
                Effect::Store { op, request } => {
                    let delay_ms = self.dice.below(4);
                    self.put(delay_ms, Entry::Of(id, Happening::HubRequest { op, request }));
                }
                Effect::Event(event) => self.hub_event(id, &event),
                Effect::Close { .. } => {
                    self.registry.end(id);
                    if let Some(connection) = self.connections.get_mut(&id) {
                        connection.hub_session = None;
                    }
                    self.closed(id, Side::Node);
                    self.bury(id);
                }
            }
        }
    }

    fn hub_event(&mut self, id: u64, event: &HubEvent) {
        match event {
            HubEvent::Admitted { .. } => self.admitted(id),
            HubEvent::ProbeAnswered => self.registry.probe_answered(id),
            _ => {}
        }
    }

    fn admitted(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.admitted = true;
        let index = connection.node;
        self.nodes[index].backoff_ms = 0;
        let key = self.nodes[index].key;
        let is_twin = |other: &Connection| {
            other.node != index
                && self.nodes[other.node].key == key
                && other.admitted
                && other.hub_session.is_some()
        };
        self.twins += self.connections.values().filter(|other| is_twin(other)).count() as u64;
    }

    /// Forgets a connection both of whose sides are over.
    fn bury(&mut self, id: u64) {
        if self.connections.get(&id).is_some_and(|c| c.node_session.is_none() && c.hub_session.is_none()) {
            self.connections.remove(&id);
        }
    }

    fn send(&mut self, id: u64, to: Side, channel: Channel, mut frame: Vec<u8>) {
        let from = if to == Side::Node { Side::Hub } else { Side::Node };
        if self.dice.happens(self.faults.cut) {
            self.lose(id, to);
            self.lose(id, from);
        }
        let deafened = self.dice.happens(self.faults.one_way);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if deafened && connection.deaf.is_none() {
            connection.deaf = Some(to);
        }
        if connection.deaf == Some(to) {
            return;
        }
        let hostile = self.nodes[connection.node].hostile;
        if hostile && self.dice.happens(self.faults.mangled) && !frame.is_empty() {
            let index = self.dice.below(frame.len() as u64) as usize;
            frame[index] ^= 1 << self.dice.below(8);
        }
        if self.dice.happens(self.faults.unknown) {
            let noise = self.noise(200);
            self.arrive(id, to, channel.clone(), |to, channel| Happening::Odd {
                to,
                channel,
                frame: noise,
                malformed: false,
            });
        }
        // What a hostile node says may be malformed, or worse, anyway.
        if !hostile && self.dice.happens(self.faults.malformed) {
            let frame = self.broken(frame);
            self.arrive(id, to, channel, |to, channel| Happening::Odd {
                to,
                channel,
                frame,
                malformed: true,
            });
        } else {
            self.arrive(id, to, channel, |to, channel| Happening::Frame { to, channel, frame });
        }
    }

    /// Puts a frame on its way, behind those of its channel.
    fn arrive(
        &mut self,
        id: u64,
        to: Side,
        channel: Channel,
        happening: impl FnOnce(Side, Channel) -> Happening,
    ) {
        let latency_ms = self.dice.below(self.faults.latency_ms + 1);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let arrival = connection.arrivals.entry((to, channel.clone())).or_insert(0);
        let at_ms = (self.now_ms + latency_ms).max(*arrival);
        *arrival = at_ms;
        self.put(at_ms - self.now_ms, Entry::Of(id, happening(to, channel)));
    }

    /// A frame of this kind with content that means nothing.
    fn noise(&mut self, kind: u8) -> Vec<u8> {
        let length = self.dice.below(40) as usize;
        let mut frame = vec![kind];
        frame.extend(std::iter::repeat_with(|| self.dice.roll() as u8).take(length));
        frame
    }

    /// The same frame, of which nobody can make a message: cut short, or of a kind that exists with an item in it
    /// that never ends.
    fn broken(&mut self, mut frame: Vec<u8>) -> Vec<u8> {
        if self.dice.happens(500) {
            frame.truncate(self.dice.below(frame.len() as u64) as usize);
        } else {
            frame.truncate(1);
            frame.extend([0xbf, 0x00, 0x9f]);
        }
        frame
    }
}
