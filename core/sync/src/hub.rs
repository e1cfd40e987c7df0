//! The engine of the server, one per connected node.

mod blob;
mod feed;
mod hello;
mod news;
mod push;
mod repair;
mod request;
mod scope;

use std::collections::BTreeMap;

pub use news::News;
pub use request::{Admission, HubAnswer, HubEvent, HubNudge, HubRequest, PushOutcome};

use crate::channel::Channel;
use crate::limits::{HELLO_BYTES_MAX, PROBE_MS_MAX};
use crate::link::{Link, Ops};
use crate::message::{BlobAvailable, Hello, Message, Pong};
use crate::session::{Effect, Input, OpId, Session, Statistics, StoreFailure};
use crate::types::{BlobHash, NodeKey, ScopeName, SessionEnd};
use blob::HubBlobs;
use scope::HubScope;

/// What the connection and the server say about the peer; constant for a session.
#[derive(Debug, Clone)]
pub struct HubConfig {
    /// The node the peer's certificate was issued to.
    pub node: NodeKey,
    /// Highest protocol version to speak ([`crate::limits::VERSION_NEWEST`]); also spoken: the two before it.
    pub version_max: u16,
    /// Wall clock at the session's first input, milliseconds since 1970.
    pub wall_clock_ms: u64,
}

/// What a storage request of the hub is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Purpose {
    Admit,
    ReadFeed(ScopeName),
    Page(ScopeName),
    Append(ScopeName),
    ListHashes(ScopeName),
    ReadByHash(ScopeName),
    ReadErasures(ScopeName),
    Confirm,
    BlobStatus(BlobHash),
    ReadChunk(BlobHash, u32),
    WriteChunk(BlobHash),
}

type HubLink = Link<HubRequest, HubEvent>;
type HubOps = Ops<HubRequest, Purpose>;

/// The peer broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Violation;

/// How far a session is.
#[derive(Debug)]
enum Stage {
    Idle,
    /// Connected; the hello must come.
    Waiting,
    /// The hello is here; the storage decides.
    Admitting(Box<Hello>),
    Running(Box<Hello>),
}

/// One connection of the server to a node.
#[derive(Debug)]
pub struct HubSession {
    config: HubConfig,
    link: HubLink,
    ops: HubOps,
    stage: Stage,
    started_ms: u64,
    probed_ms: Option<u64>,
    scopes: BTreeMap<ScopeName, HubScope>,
    blobs: HubBlobs,
}

impl HubSession {
    /// A session for a connection whose certificate has been verified.
    #[must_use]
    pub fn new(config: HubConfig) -> Self {
        Self {
            config,
            link: Link::new(false),
            ops: Ops::new(),
            stage: Stage::Idle,
            started_ms: 0,
            probed_ms: None,
            scopes: BTreeMap::new(),
            blobs: HubBlobs::default(),
        }
    }

    /// The node this session serves.
    #[must_use]
    pub fn node(&self) -> NodeKey {
        self.config.node
    }

    fn hello(&self) -> Result<&Hello, Violation> {
        match &self.stage {
            Stage::Running(hello) => Ok(hello),
            _ => Err(Violation),
        }
    }

    fn finish(&mut self, end: SessionEnd) {
        self.link.end(end, HubEvent::Ended { end });
    }

    fn received(&mut self, channel: Channel, frame: &[u8]) -> Result<(), Violation> {
        self.link.received(&channel, frame.len());
        let running = matches!(self.stage, Stage::Running(_));
        if !running && frame.len() > HELLO_BYTES_MAX {
            return Err(Violation);
        }
        let Some(message) = Message::from_frame(frame).map_err(|_| Violation)? else {
            return Ok(());
        };
        match (channel, message) {
            (Channel::Control, Message::Hello(hello)) => self.greeted(hello),
            (Channel::Control, Message::Goodbye(goodbye)) => {
                self.link.close(goodbye.end, HubEvent::Ended { end: goodbye.end });
                Ok(())
            }
            _ if !running => Err(Violation),
            (Channel::Control, message) => self.control(message),
            (Channel::Feed(scope), Message::FeedAck(ack)) => self.feed_ack(&scope, &ack),
            (Channel::Push(scope), Message::PushBatch(batch)) => self.push_batch(&scope, batch),
            (Channel::Repair(scope), Message::RepairOpen(open)) => self.repair_open(&scope, open),
            (Channel::Repair(scope), Message::RepairNext(next)) => self.repair_next(&scope, &next),
            (Channel::Repair(scope), Message::RepairWant(want)) => self.repair_want(&scope, &want),
            (Channel::Blob, message) => self.blob_message(message),
            _ => Err(Violation),
        }
    }

    fn control(&mut self, message: Message) -> Result<(), Violation> {
        match message {
            Message::ErasuresWanted(wanted) => self.erasures_wanted(&wanted),
            Message::ErasuresDone(done) => self.erasures_done(&done),
            Message::Resume(resume) => self.resume(&resume),
            Message::Verify(verify) => self.verify(&verify.scope),
            Message::Ping(ping) => {
                self.link.answer_ping(&ping);
                Ok(())
            }
            Message::Pong(pong) => {
                self.pong(&pong);
                Ok(())
            }
            _ => Err(Violation),
        }
    }

    fn pong(&mut self, pong: &Pong) {
        self.link.note_pong(pong);
        if self.probed_ms.is_some() && !self.link.awaits_pong() {
            self.probed_ms = None;
            self.link.event(HubEvent::ProbeAnswered);
        }
    }

    fn stored(&mut self, op: OpId, answer: Result<HubAnswer, StoreFailure>) -> Result<(), Violation> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => {
                self.link.event(HubEvent::StorageTrouble { failure });
                if !self.ops.fail(op, failure, self.link.now_ms) {
                    self.finish(SessionEnd::StorageFailed);
                }
                return Ok(());
            }
        };
        let Some(purpose) = self.ops.finish(op) else { return Ok(()) };
        match (purpose, answer) {
            (Purpose::Admit, HubAnswer::Admit(admission)) => self.admitted(admission),
            (Purpose::ReadFeed(scope), HubAnswer::ReadFeed { epoch, batch, changes, cursor, checkpoint }) => {
                self.feed_read(&scope, epoch, batch, changes, cursor, checkpoint);
            }
            (Purpose::Page(scope), HubAnswer::BootstrapPage { epoch, batches, changes, before }) => {
                self.page_read(&scope, epoch, batches, changes, before);
            }
            (Purpose::Append(scope), HubAnswer::AppendPush(outcome)) => self.appended(&scope, outcome),
            (Purpose::ListHashes(scope), HubAnswer::ListHashes { state, hashes }) => {
                return self.hashes_listed(&scope, state, &hashes);
            }
            (Purpose::ReadByHash(scope), HubAnswer::ReadByHash { batch, changes, rest }) => {
                self.found(&scope, batch, changes, &rest);
            }
            (Purpose::ReadErasures(scope), HubAnswer::ReadErasures { entries, more }) => {
                self.erasures_read(scope, entries, more);
            }
            (Purpose::Confirm, HubAnswer::ErasuresConfirmed) => {}
            (Purpose::BlobStatus(blob), HubAnswer::BlobStatus(progress)) => self.blob_status(blob, progress),
            (Purpose::ReadChunk(blob, index), HubAnswer::ReadBlobChunk { chunk }) => {
                self.chunk_read(blob, index, chunk);
            }
            (Purpose::WriteChunk(blob), HubAnswer::WriteBlobChunk(outcome)) => {
                self.chunk_written(blob, outcome)
            }
            // An answer of another kind than the request's: the storage is broken.
            _ => self.finish(SessionEnd::StorageFailed),
        }
        Ok(())
    }

    fn nudged(&mut self, nudge: HubNudge) {
        match nudge {
            HubNudge::Changed(scope) => self.changed(&scope),
            HubNudge::BlobStored(blob) => {
                if self.blobs.came(blob) {
                    self.link.send(Channel::Control, BlobAvailable { blob });
                }
            }
            HubNudge::Probe => {
                if self.probed_ms.is_none() {
                    self.probed_ms = Some(self.link.now_ms);
                    self.link.ping();
                }
            }
        }
    }

    fn probe_due(&self) -> Option<u64> {
        self.probed_ms.map(|probed_ms| probed_ms + PROBE_MS_MAX)
    }

    fn timeout(&mut self) {
        let now_ms = self.link.now_ms;
        let overdue =
            [self.hello_due(), self.probe_due()].into_iter().flatten().any(|due_ms| due_ms <= now_ms);
        if overdue || self.link.check_silence() {
            self.finish(SessionEnd::TimedOut);
        } else {
            self.ops.retry(&mut self.link);
        }
    }
}

impl Session for HubSession {
    type Request = HubRequest;
    type Answer = HubAnswer;
    type Nudge = HubNudge;
    type Event = HubEvent;

    fn handle(
        &mut self,
        now_ms: u64,
        input: Input<HubAnswer, HubNudge>,
    ) -> Vec<Effect<HubRequest, HubEvent>> {
        if self.link.is_over() {
            return Vec::new();
        }
        self.link.now_ms = self.link.now_ms.max(now_ms);
        let outcome = match input {
            Input::Connected => {
                self.connected();
                Ok(())
            }
            Input::Received { channel, frame } => self.received(channel, &frame),
            Input::Stored { op, answer } => self.stored(op, answer),
            Input::Nudge(nudge) => {
                self.nudged(nudge);
                Ok(())
            }
            Input::Timeout => {
                self.timeout();
                Ok(())
            }
            Input::Stop(end) => {
                self.finish(end);
                Ok(())
            }
            Input::Disconnected => {
                let end = SessionEnd::ConnectionLost;
                self.link.close(end, HubEvent::Ended { end });
                Ok(())
            }
        };
        if outcome.is_err() {
            self.finish(SessionEnd::ProtocolViolation);
        }
        self.link.take_effects()
    }

    fn next_timeout(&self) -> Option<u64> {
        if self.link.is_over() || matches!(self.stage, Stage::Idle) {
            return None;
        }
        let due = [self.hello_due(), self.probe_due(), Some(self.link.silence_due()), self.ops.next_retry()];
        due.into_iter().flatten().min()
    }

    fn statistics(&self) -> &Statistics {
        &self.link.statistics
    }
}
