//! The engine of a clinic's node.

mod blob;
mod erase;
mod feed;
mod hello;
mod push;
mod repair;
mod request;
mod scope;

use std::collections::BTreeMap;

pub use request::{Advance, AppendOutcome, ChunkOutcome, NodeAnswer, NodeEvent, NodeNudge, NodeRequest};

use crate::channel::Channel;
use crate::link::{Link, Ops};
use crate::message::{Message, Verify};
use crate::session::{Effect, Input, OpId, Session, Statistics, StoreFailure};
use crate::types::{ActorPrefix, BlobHash, BootId, NodeKey, ScopeName, ScopeState, SessionEnd};
use blob::Blobs;
use hello::Stage;
pub(crate) use repair::{seal, split_hashes};
use scope::NodeScope;

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
    /// Highest protocol version to offer: [`crate::limits::VERSION_NEWEST`], unless a test plays another peer.
    pub version_max: u16,
    /// Wall clock at the session's first input, milliseconds since 1970; the session adds the
    /// monotonic time that passes.
    pub wall_clock_ms: u64,
}

/// What a storage request of the node is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Purpose {
    Load,
    Reload(ScopeName),
    Append(ScopeName),
    RepairAppend(ScopeName),
    ReadPending(ScopeName),
    MarkAcked(ScopeName),
    ListHashes(ScopeName),
    MarkPending(ScopeName),
    Adopt(ScopeName),
    Erase(ScopeName),
    ListBlobs,
    ReadChunk(BlobHash, u32),
    WriteChunk(BlobHash),
    MarkBlob(BlobHash),
}

type NodeLink = Link<NodeRequest, NodeEvent>;
type NodeOps = Ops<NodeRequest, Purpose>;

/// The peer broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Violation;

/// One connection of a node to the server.
#[derive(Debug)]
pub struct NodeSession {
    config: NodeConfig,
    link: NodeLink,
    ops: NodeOps,
    stage: Stage,
    started_ms: u64,
    /// What was loaded, until the welcome says what becomes of it.
    known: Vec<ScopeState>,
    /// Frames that overtook the welcome on another stream.
    early: Vec<(Channel, Vec<u8>)>,
    scopes: BTreeMap<ScopeName, NodeScope>,
    blobs: Blobs,
}

impl NodeSession {
    /// A session for a connection about to be used; its first input is [`Input::Connected`].
    #[must_use]
    pub fn new(config: NodeConfig) -> Self {
        Self {
            config,
            link: Link::new(true),
            ops: Ops::new(),
            stage: Stage::Idle,
            started_ms: 0,
            known: Vec::new(),
            early: Vec::new(),
            scopes: BTreeMap::new(),
            blobs: Blobs::default(),
        }
    }

    /// Nothing is left to send, receive or wait for, attachments included, and every scope was shown to
    /// be equal on both sides: a `sync --once` is finished.
    #[must_use]
    pub fn caught_up(&self) -> bool {
        self.stage == Stage::Running
            && self.ops.is_idle()
            && self.blobs.is_idle()
            && self.link.statistics.all_in_sync()
    }

    fn finish(&mut self, end: SessionEnd) {
        self.link.end(end, NodeEvent::Ended { end });
    }

    fn received(&mut self, channel: Channel, frame: &[u8]) -> Result<(), Violation> {
        self.link.received(&channel, frame.len());
        if channel != Channel::Control && self.stage != Stage::Running {
            return self.keep_early(channel, frame);
        }
        self.dispatch(channel, frame)
    }

    fn dispatch(&mut self, channel: Channel, frame: &[u8]) -> Result<(), Violation> {
        let Some(message) = Message::from_frame(frame).map_err(|_| Violation)? else {
            return Ok(());
        };
        match (channel, message) {
            (Channel::Control, message) => self.control(message),
            (Channel::Feed(scope), Message::FeedBatch(batch)) => self.feed_batch(&scope, batch),
            (Channel::Push(scope), Message::PushAck(ack)) => self.push_ack(&scope, ack),
            (Channel::Push(scope), Message::PushAgain(again)) => self.push_again(&scope, &again),
            (Channel::Repair(scope), Message::RepairReply(reply)) => self.repair_reply(&scope, reply),
            (Channel::Repair(scope), Message::RepairBatch(batch)) => self.repair_batch(&scope, batch),
            (Channel::Blob, message) => self.blob_message(message),
            _ => Err(Violation),
        }
    }

    fn control(&mut self, message: Message) -> Result<(), Violation> {
        match message {
            Message::Welcome(welcome) => self.welcome(welcome),
            Message::Erasures(erasures) => self.erasures(erasures),
            Message::ScopeChanged(changed) => self.scope_changed(&changed),
            Message::BlobAvailable(available) => {
                self.blob_available(available.blob);
                Ok(())
            }
            Message::Ping(ping) => {
                self.link.answer_ping(&ping);
                Ok(())
            }
            Message::Pong(pong) => {
                self.link.note_pong(&pong);
                Ok(())
            }
            Message::Goodbye(goodbye) => {
                self.link.close(goodbye.end, NodeEvent::Ended { end: goodbye.end });
                Ok(())
            }
            _ => Err(Violation),
        }
    }

    fn stored(&mut self, op: OpId, answer: Result<NodeAnswer, StoreFailure>) -> Result<(), Violation> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => {
                self.link.event(NodeEvent::StorageTrouble { failure });
                if !self.ops.fail(op, failure, self.link.now_ms) {
                    self.finish(SessionEnd::StorageFailed);
                }
                return Ok(());
            }
        };
        let Some(purpose) = self.ops.finish(op) else { return Ok(()) };
        match (purpose, answer) {
            (Purpose::Load, NodeAnswer::LoadReplica { instance, scopes }) => self.loaded(instance, scopes),
            (Purpose::Reload(scope), NodeAnswer::LoadReplica { scopes, .. }) => self.reloaded(&scope, scopes),
            (Purpose::Append(scope), NodeAnswer::Append(outcome)) => self.appended(&scope, outcome),
            (Purpose::RepairAppend(scope), NodeAnswer::Append(outcome)) => {
                self.repair_appended(&scope, outcome)
            }
            (Purpose::ReadPending(scope), NodeAnswer::ReadPending { batch, changes, last, more }) => {
                self.pending_read(&scope, batch, changes, last, more);
            }
            (Purpose::MarkAcked(scope), NodeAnswer::Scope(state)) => self.acked(&scope, state),
            (Purpose::ListHashes(scope), NodeAnswer::ListHashes { hashes }) => {
                self.hashes_listed(&scope, hashes)
            }
            (Purpose::MarkPending(scope), NodeAnswer::Scope(state)) => self.marked_pending(&scope, state),
            (Purpose::Adopt(scope), NodeAnswer::Scope(state)) => self.adopted(&scope, state),
            (Purpose::Erase(scope), NodeAnswer::Scope(state)) => self.erased(&scope, state),
            (Purpose::ListBlobs, NodeAnswer::ListBlobs(work)) => self.blobs_listed(work),
            (Purpose::ReadChunk(blob, index), NodeAnswer::ReadBlobChunk { chunk_hash, bytes }) => {
                self.chunk_read(blob, index, chunk_hash, bytes);
            }
            (Purpose::WriteChunk(blob), NodeAnswer::WriteBlobChunk(outcome)) => {
                self.chunk_written(blob, outcome)
            }
            (Purpose::MarkBlob(blob), NodeAnswer::BlobMarked) => self.blob_marked(blob),
            // An answer of another kind than the request's: the storage is broken.
            _ => self.finish(SessionEnd::StorageFailed),
        }
        Ok(())
    }

    fn nudged(&mut self, nudge: NodeNudge) {
        if self.stage != Stage::Running {
            return;
        }
        match nudge {
            NodeNudge::Committed(scope) => self.committed(&scope),
            NodeNudge::Blobs => self.list_blobs(),
            NodeNudge::Verify => {
                for scope in self.scopes.keys() {
                    self.link.send(Channel::Control, Verify { scope: scope.clone() });
                }
            }
        }
    }

    fn timeout(&mut self) {
        if self.hello_overdue() || self.link.check_silence() {
            self.finish(SessionEnd::TimedOut);
        } else {
            self.ops.retry(&mut self.link);
        }
    }
}

impl Session for NodeSession {
    type Request = NodeRequest;
    type Answer = NodeAnswer;
    type Nudge = NodeNudge;
    type Event = NodeEvent;

    fn handle(
        &mut self,
        now_ms: u64,
        input: Input<NodeAnswer, NodeNudge>,
    ) -> Vec<Effect<NodeRequest, NodeEvent>> {
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
                self.link.close(end, NodeEvent::Ended { end });
                Ok(())
            }
        };
        if outcome.is_err() {
            self.finish(SessionEnd::ProtocolViolation);
        }
        self.link.take_effects()
    }

    fn next_timeout(&self) -> Option<u64> {
        if self.link.is_over() || self.stage == Stage::Idle {
            return None;
        }
        let due = [self.hello_due(), Some(self.link.silence_due()), self.ops.next_retry()];
        due.into_iter().flatten().min()
    }

    fn statistics(&self) -> &Statistics {
        &self.link.statistics
    }
}
