//! A small engine with which the driver is tried: pushes frames, stores them, acknowledges them, answers pings.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use parking_lot::{Condvar, Mutex};
use posto_net::driver::Executor;
use posto_sync::{
    Channel, Effect, Input, ScopeName, Session, SessionEnd, StoreFailure,
    session::{OpId, Statistics},
};

pub(crate) fn scope(n: usize) -> ScopeName {
    ScopeName::new(&format!("clinic/{n}")).unwrap()
}

/// What a toy node does once connected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    pub(crate) frames: usize,
    pub(crate) frame_bytes: usize,
    pub(crate) scopes: usize,
    /// Ends the session when all is acknowledged and so many feed frames came.
    pub(crate) feed_frames: usize,
    pub(crate) ends: bool,
}

#[derive(Default)]
pub(crate) struct ToyNode {
    pub(crate) script: Script,
    pub(crate) acknowledged: usize,
    pub(crate) fed: usize,
    pub(crate) welcomed: bool,
    pub(crate) statistics: Statistics,
}

type Effects = Vec<Effect<Vec<u8>, String>>;

impl Session for ToyNode {
    type Request = Vec<u8>;
    type Answer = usize;
    type Nudge = u32;
    type Event = String;

    fn handle(&mut self, _now_ms: u64, input: Input<usize, u32>) -> Effects {
        let mut effects = Vec::new();
        match input {
            Input::Connected => {
                effects.push(Effect::Send { channel: Channel::Control, frame: b"hello".to_vec() });
            }
            Input::Received { channel: Channel::Control, frame } if frame == b"welcome" => {
                self.welcomed = true;
                effects.push(Effect::Event("welcome".into()));
                for n in 0..self.script.frames {
                    let mut frame = vec![n as u8; self.script.frame_bytes];
                    frame[..8].copy_from_slice(&(n as u64).to_be_bytes());
                    let channel = Channel::Push(scope(n % self.script.scopes.max(1)));
                    effects.push(Effect::Send { channel, frame });
                }
            }
            Input::Received { channel: Channel::Push(_), .. } => self.acknowledged += 1,
            Input::Received { channel: Channel::Feed(_), .. } => self.fed += 1,
            Input::Received { frame, .. } => {
                effects.push(Effect::Event(String::from_utf8_lossy(&frame).into_owned()));
            }
            Input::Nudge(n) => effects
                .push(Effect::Send { channel: Channel::Control, frame: format!("ping {n}").into_bytes() }),
            Input::Stop(end) => effects.push(Effect::Close { end }),
            _ => {}
        }
        let done = self.acknowledged >= self.script.frames && self.fed >= self.script.feed_frames;
        if self.script.ends && self.welcomed && done && effects.is_empty() {
            effects.push(Effect::Close { end: SessionEnd::Done });
        }
        effects
    }

    fn next_timeout(&self) -> Option<u64> {
        None
    }

    fn statistics(&self) -> &Statistics {
        &self.statistics
    }
}

/// Acknowledges each pushed frame once it is stored, feeds frames after the hello.
#[derive(Default)]
pub(crate) struct ToyHub {
    pub(crate) feed_frames: usize,
    pub(crate) feed_bytes: usize,
    pub(crate) ops: u64,
    pub(crate) pending: std::collections::BTreeMap<OpId, Channel>,
    pub(crate) statistics: Statistics,
}

impl Session for ToyHub {
    type Request = Vec<u8>;
    type Answer = usize;
    type Nudge = u32;
    type Event = String;

    fn handle(&mut self, _now_ms: u64, input: Input<usize, u32>) -> Effects {
        match input {
            Input::Received { channel: Channel::Control, frame } if frame == b"hello" => {
                let feed = (0..self.feed_frames).map(|_| Effect::Send {
                    channel: Channel::Feed(scope(0)),
                    frame: vec![9; self.feed_bytes],
                });
                let welcome = Effect::Send { channel: Channel::Control, frame: b"welcome".to_vec() };
                std::iter::once(welcome).chain(feed).collect()
            }
            Input::Received { channel: Channel::Control, frame } => {
                vec![Effect::Send { channel: Channel::Control, frame: [b"re: ".as_slice(), &frame].concat() }]
            }
            Input::Received { channel, frame } => {
                self.ops += 1;
                self.pending.insert(OpId(self.ops), channel);
                vec![Effect::Store { op: OpId(self.ops), request: frame }]
            }
            Input::Stored { op, answer: Ok(bytes) } => {
                let channel = self.pending.remove(&op).unwrap();
                vec![Effect::Send { channel, frame: (bytes as u64).to_be_bytes().to_vec() }]
            }
            Input::Stored { answer: Err(failure), .. } => vec![Effect::Event(failure.to_string())],
            Input::Stop(end) => vec![Effect::Event(format!("stop {end:?}")), Effect::Close { end }],
            Input::Disconnected => vec![Effect::Event("disconnected".into())],
            _ => Vec::new(),
        }
    }

    fn next_timeout(&self) -> Option<u64> {
        None
    }

    fn statistics(&self) -> &Statistics {
        &self.statistics
    }
}

/// Storage behind a gate: requests wait until it is open.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) events: Mutex<Vec<String>>,
    pub(crate) event: tokio::sync::Notify,
    pub(crate) stored_bytes: AtomicU64,
    pub(crate) running: AtomicUsize,
    pub(crate) running_max: AtomicUsize,
    panics: bool,
    shut: Mutex<bool>,
    opened: Condvar,
}

impl Shelf {
    pub(crate) fn shut() -> Arc<Self> {
        let shelf = Self::default();
        *shelf.shut.lock() = true;
        Arc::new(shelf)
    }

    pub(crate) fn that_panics() -> Arc<Self> {
        Arc::new(Self { panics: true, ..Self::default() })
    }

    pub(crate) fn open(&self) {
        *self.shut.lock() = false;
        self.opened.notify_all();
    }

    /// Waits until an event that matches was seen.
    pub(crate) async fn saw(&self, wanted: &str) {
        loop {
            let notified = self.event.notified();
            if self.events.lock().iter().any(|event| event.contains(wanted)) {
                return;
            }
            notified.await;
        }
    }

    fn store(&self, request: &[u8]) -> usize {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.running_max.fetch_max(running, Ordering::SeqCst);
        let mut shut = self.shut.lock();
        while *shut {
            self.opened.wait(&mut shut);
        }
        drop(shut);
        self.stored_bytes.fetch_add(request.len() as u64, Ordering::SeqCst);
        self.running.fetch_sub(1, Ordering::SeqCst);
        request.len()
    }

    fn note(&self, event: String) {
        self.events.lock().push(event);
        self.event.notify_waiters();
    }
}

impl Executor<ToyNode> for Shelf {
    fn run(&self, request: Vec<u8>) -> Result<usize, StoreFailure> {
        Ok(self.store(&request))
    }

    fn event(&self, event: String) {
        self.note(event);
    }
}

impl Executor<ToyHub> for Shelf {
    fn run(&self, request: Vec<u8>) -> Result<usize, StoreFailure> {
        assert!(!self.panics, "a bug in the storage");
        Ok(self.store(&request))
    }

    fn event(&self, event: String) {
        self.note(event);
    }
}
