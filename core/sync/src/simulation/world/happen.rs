//! What happens in a world: frames, storage requests, losses, and what sessions answer.

use super::super::registry::Order;
use super::super::{HubStore, NodeStore};
use super::{Entry, Happening, Side, World};
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

    pub(super) fn happen(&mut self, id: u64, happening: Happening) {
        match happening {
            Happening::Frame { to: Side::Node, channel, frame } => {
                self.node_input(id, Input::Received { channel, frame });
            }
            Happening::Frame { to: Side::Hub, channel, frame } => {
                self.hub_input(id, Input::Received { channel, frame });
            }
            Happening::NodeRequest { op, request } => self.node_request(id, op, request),
            Happening::HubRequest { op, request } => self.hub_request(id, op, request),
            Happening::NodeAnswer { op, answer } => self.node_input(id, Input::Stored { op, answer }),
            Happening::HubAnswer { op, answer } => self.hub_input(id, Input::Stored { op, answer }),
            Happening::Lost(Side::Node) => self.node_input(id, Input::Disconnected),
            Happening::Lost(Side::Hub) => self.hub_input(id, Input::Disconnected),
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
        let delay_ms = self.dice.below(3);
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
            self.hub.answer(node, request)
        };
        if crash {
            self.crash_hub();
            return;
        }
        let delay_ms = self.dice.below(3);
        self.put(delay_ms, Entry::Of(id, Happening::HubAnswer { op, answer }));
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
                    self.node_over(id, end);
                    self.lose(id, Side::Hub);
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
                    self.lose(id, Side::Node);
                    self.bury(id);
                }
            }
        }
    }

    fn hub_event(&mut self, id: u64, event: &HubEvent) {
        let nudge = match event {
            HubEvent::Admitted { .. } => {
                if let Some(connection) = self.connections.get(&id) {
                    self.nodes[connection.node].backoff_ms = 0;
                }
                return;
            }
            HubEvent::Pushed { scope, .. } => HubNudge::Changed(scope.clone()),
            HubEvent::BlobStored { blob } => HubNudge::BlobStored(*blob),
            HubEvent::ProbeAnswered => {
                self.registry.probe_answered(id);
                return;
            }
            _ => return,
        };
        let others: Vec<u64> = self.connections.keys().copied().filter(|other| *other != id).collect();
        for other in others {
            self.hub_input(other, Input::Nudge(nudge.clone()));
        }
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
        let latency_ms = self.dice.below(self.faults.latency_ms + 1);
        let arrival = connection.arrivals.entry((to, channel.clone())).or_insert(0);
        let at_ms = (self.now_ms + latency_ms).max(*arrival);
        *arrival = at_ms;
        self.put(at_ms - self.now_ms, Entry::Of(id, Happening::Frame { to, channel, frame }));
    }
}
