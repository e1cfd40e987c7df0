//! What both engines need of a connection: effects on their way out, counters, silence, storage
//! requests under way.

use std::collections::{BTreeMap, BTreeSet};

use crate::channel::Channel;
use crate::limits::{PING_AFTER_MS, SILENCE_MS_MAX, STORE_RETRY_MS_FIRST, STORE_RETRY_MS_MAX};
use crate::message::{Goodbye, Message, Ping, Pong};
use crate::session::{Effect, OpId, Statistics, StoreFailure};
use crate::types::SessionEnd;

/// One side of a connection. `R` requests, `E` events.
#[derive(Debug)]
pub(crate) struct Link<R, E> {
    effects: Vec<Effect<R, E>>,
    pub(crate) statistics: Statistics,
    prefaced: BTreeSet<Channel>,
    is_node: bool,
    ended: bool,
    pub(crate) now_ms: u64,
    heard_ms: u64,
    pinged: u64,
    ponged: u64,
}

impl<R, E> Link<R, E> {
    pub(crate) fn new(is_node: bool) -> Self {
        Self {
            effects: Vec::new(),
            statistics: Statistics::default(),
            prefaced: BTreeSet::new(),
            is_node,
            ended: false,
            now_ms: 0,
            heard_ms: 0,
            pinged: 0,
            ponged: 0,
        }
    }

    pub(crate) fn send(&mut self, channel: Channel, message: impl Into<Message>) {
        if self.ended {
            return;
        }
        let frame = message.into().to_frame();
        self.statistics.bytes_sent += framed_length(frame.len()) + self.preface(&channel, true);
        self.statistics.frames_sent += 1;
        self.effects.push(Effect::Send { channel, frame });
    }

    /// Counts what arrived; any frame is a sign of life.
    pub(crate) fn received(&mut self, channel: &Channel, bytes: usize) {
        self.heard_ms = self.now_ms;
        self.statistics.bytes_received += framed_length(bytes) + self.preface(channel, false);
        self.statistics.frames_received += 1;
    }

    /// Bytes of the stream's preface, once, on the side that opens it.
    fn preface(&mut self, channel: &Channel, sending: bool) -> u64 {
        let opened_by_us = channel.opened_by_node() == self.is_node;
        if opened_by_us != sending || self.prefaced.contains(channel) {
            return 0;
        }
        self.prefaced.insert(channel.clone());
        framed_length(channel.preface().len())
    }

    pub(crate) fn event(&mut self, event: E) {
        self.effects.push(Effect::Event(event));
    }

    pub(crate) fn store(&mut self, op: OpId, request: R) {
        self.effects.push(Effect::Store { op, request });
    }

    pub(crate) fn take_effects(&mut self) -> Vec<Effect<R, E>> {
        std::mem::take(&mut self.effects)
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.ended
    }

    /// Says goodbye when the peer should know, and closes.
    pub(crate) fn end(&mut self, end: SessionEnd, event: E) {
        if self.ended {
            return;
        }
        self.send(Channel::Control, Goodbye { end });
        self.close(end, event);
    }

    /// Closes without a word: the peer has said goodbye or is gone.
    pub(crate) fn close(&mut self, end: SessionEnd, event: E) {
        if self.ended {
            return;
        }
        self.ended = true;
        self.event(event);
        self.effects.push(Effect::Close { end });
    }

    pub(crate) fn start_clock(&mut self) {
        self.heard_ms = self.now_ms;
    }

    pub(crate) fn ping(&mut self) {
        self.pinged += 1;
        self.send(Channel::Control, Ping { number: self.pinged });
    }

    pub(crate) fn answer_ping(&mut self, ping: &Ping) {
        self.send(Channel::Control, Pong { number: ping.number });
    }

    pub(crate) fn note_pong(&mut self, pong: &Pong) {
        self.ponged = self.ponged.max(pong.number.min(self.pinged));
    }

    /// A ping is out and nothing came back yet.
    pub(crate) const fn awaits_pong(&self) -> bool {
        self.ponged < self.pinged
    }

    /// When silence asks for a ping, or ends the session.
    pub(crate) const fn silence_due(&self) -> u64 {
        if self.awaits_pong() { self.heard_ms + SILENCE_MS_MAX } else { self.heard_ms + PING_AFTER_MS }
    }

    /// Pings after some silence; `true` when it has lasted too long.
    pub(crate) fn check_silence(&mut self) -> bool {
        if self.now_ms < self.silence_due() {
            return false;
        }
        if self.awaits_pong() {
            return true;
        }
        self.ping();
        false
    }
}

fn framed_length(bytes: usize) -> u64 {
    let prefix = match bytes {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        _ => 4,
    };
    (bytes + prefix) as u64
}

/// Storage requests under way and what each is for; failed ones wait here for another try.
#[derive(Debug)]
pub(crate) struct Ops<R, P> {
    last: u64,
    running: BTreeMap<OpId, Op<R, P>>,
    waiting: BTreeMap<(u64, u64), Op<R, P>>,
}

#[derive(Debug)]
struct Op<R, P> {
    request: R,
    purpose: P,
    failures: u32,
}

impl<R: Clone, P> Ops<R, P> {
    pub(crate) const fn new() -> Self {
        Self { last: 0, running: BTreeMap::new(), waiting: BTreeMap::new() }
    }

    pub(crate) fn start<E>(&mut self, link: &mut Link<R, E>, request: R, purpose: P) {
        self.run(link, Op { request, purpose, failures: 0 });
    }

    fn run<E>(&mut self, link: &mut Link<R, E>, op: Op<R, P>) {
        self.last += 1;
        let id = OpId(self.last);
        link.store(id, op.request.clone());
        self.running.insert(id, op);
    }

    /// What the answered request was for; `None` for a number that is not under way.
    pub(crate) fn finish(&mut self, id: OpId) -> Option<P> {
        self.running.remove(&id).map(|op| op.purpose)
    }

    /// Puts a failed request aside; `false` when trying again is of no use.
    pub(crate) fn fail(&mut self, id: OpId, failure: StoreFailure, now_ms: u64) -> bool {
        let Some(mut op) = self.running.remove(&id) else { return true };
        if failure == StoreFailure::Broken {
            return false;
        }
        let wait_ms = STORE_RETRY_MS_FIRST.saturating_mul(1 << op.failures.min(16)).min(STORE_RETRY_MS_MAX);
        op.failures += 1;
        self.waiting.insert((now_ms + wait_ms, id.0), op);
        true
    }

    /// Tries again what has waited long enough.
    pub(crate) fn retry<E>(&mut self, link: &mut Link<R, E>) {
        while let Some(entry) = self.waiting.first_entry() {
            if entry.key().0 > link.now_ms {
                return;
            }
            let op = entry.remove();
            self.run(link, op);
        }
    }

    pub(crate) fn next_retry(&self) -> Option<u64> {
        self.waiting.keys().next().map(|(due_ms, _)| *due_ms)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }
}
