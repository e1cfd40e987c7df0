//! Nodes with an open connection: nothing to do, and a change on its way to another node.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use posto_domain::{PatientId, Scope};
use posto_net::NodeIdentity;
use posto_net::driver::{Driver, Executor, Handle, Pool, SessionReport};
use posto_net::endpoint::client::Client;
use posto_store::{Clock as _, Store};
use posto_sync::node::{NodeAnswer, NodeConfig, NodeEvent, NodeNudge, NodeRequest, NodeSession};
use posto_sync::session::Session as _;
use posto_sync::{ActorPrefix, BootId, NodeKey, ScopeName, SessionEnd, StoreFailure};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{Desk, Figure, Report};
use crate::clock::{TestClock, random};

/// Checks and edits that are timed.
const TIMES: usize = 200;
/// Storage requests of a node that run at once, as in the product.
const STORAGE_SLOTS: usize = 4;
/// Longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the session has moved so far, seen from the engine.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    frames_received: u64,
    changes_received: u64,
    bytes: u64,
    scopes: u64,
    caught_up: bool,
}

/// The product's engine, driver and store in this process, so that a moment can be told from the next.
struct Watched {
    store: Store,
    seen: watch::Sender<Seen>,
    received: mpsc::UnboundedSender<Instant>,
}

impl Executor<NodeSession> for Watched {
    fn run(&self, request: NodeRequest) -> Result<NodeAnswer, StoreFailure> {
        self.store.answer(request)
    }

    fn event(&self, event: NodeEvent) {
        if matches!(event, NodeEvent::Received { .. }) {
            // Nobody listens between two measurements.
            let _ = self.received.send(Instant::now());
        }
    }

    fn after(&self, engine: &NodeSession) -> Option<SessionEnd> {
        let statistics = engine.statistics();
        self.seen.send_replace(Seen {
            frames_received: statistics.frames_received,
            changes_received: statistics.changes_received,
            bytes: statistics.bytes_sent + statistics.bytes_received,
            scopes: statistics.in_sync.len() as u64,
            caught_up: engine.caught_up(),
        });
        None
    }
}

/// A node that is connected and has caught up.
struct LiveNode {
    handle: Handle<NodeNudge>,
    seen: watch::Receiver<Seen>,
    received: mpsc::UnboundedReceiver<Instant>,
    session: JoinHandle<SessionReport>,
    _client: Client,
}

impl LiveNode {
    /// Connects and catches up.
    async fn connect(desk: &Desk, folder: &Path) -> Result<Self> {
        let mut node = Self::reconnect(desk, folder).await?;
        node.until(|seen| seen.caught_up).await?;
        Ok(node)
    }

    /// Connects and lets the session run.
    async fn reconnect(desk: &Desk, folder: &Path) -> Result<Self> {
        let identity = NodeIdentity::load(&folder.join("identity"))?;
        let client = Client::open(&identity)?;
        let link = client.connect(&identity.card.server).await?;
        let node = NodeKey(identity.card.node.id.to_bytes());
        let engine = NodeSession::new(NodeConfig {
            node,
            actor_prefix: ActorPrefix::of_node(node),
            boot: BootId(u64::from_le_bytes(random())),
            connection: 1,
            software: "posto-bench".into(),
            version_max: posto_sync::limits::VERSION_NEWEST,
            wall_clock_ms: TestClock.now_ms(),
        });
        let (seen_in, seen) = watch::channel(Seen::default());
        let (received_in, received) = mpsc::unbounded_channel();
        let executor = Watched { store: desk.store.clone(), seen: seen_in, received: received_in };
        let driver = Driver::for_node(link, engine, Arc::new(executor), &Pool::new(STORAGE_SLOTS));
        let handle = driver.handle();
        let session = tokio::spawn(driver.run());
        Ok(Self { handle, seen, received, session, _client: client })
    }

    /// Waits for a state of the session, and answers what had moved by then.
    async fn until(&mut self, reached: impl Fn(&Seen) -> bool) -> Result<Seen> {
        let waited = tokio::time::timeout(PATIENCE, self.seen.wait_for(|seen| reached(seen)));
        Ok(*waited.await.context("too slow")??)
    }

    /// Asks the server whether both hold the same, and waits until it has answered for every scope: milliseconds, and
    /// bytes both ways.
    async fn verify(&mut self) -> Result<(f64, u64)> {
        let before = *self.seen.borrow_and_update();
        let started = Instant::now();
        self.handle.nudge(NodeNudge::Verify);
        let answered = before.frames_received + before.scopes;
        let after = self.until(|seen| seen.frames_received >= answered && seen.caught_up).await?;
        Ok((milliseconds(started), after.bytes - before.bytes))
    }

    /// Ends the session; bytes on the wire, both ways.
    async fn leave(self) -> Result<u64> {
        self.handle.stop(SessionEnd::Done);
        let udp = self.session.await?.udp;
        Ok(udp.sent_bytes + udp.received_bytes)
    }
}

/// What it took two nodes that had both worked offline to hold the same.
pub(super) struct Reunion {
    /// From the first datagram until every change is durable on the server and on both nodes.
    pub(super) seconds: f64,
    /// The same until search index and read models of both hold it.
    pub(super) current_seconds: f64,
    /// Of both sessions, inside QUIC.
    pub(super) bytes: u64,
    pub(super) udp_bytes: u64,
}

/// The line is back for both at the same moment: each has to get that many changes of the other.
pub(super) async fn reunite(a: (&Desk, &Path, u64), b: (&Desk, &Path, u64)) -> Result<Reunion> {
    let started = Instant::now();
    let (mut node_a, mut node_b) =
        tokio::try_join!(LiveNode::reconnect(a.0, a.1), LiveNode::reconnect(b.0, b.1))?;
    let (seen_a, seen_b) = tokio::try_join!(
        node_a.until(|seen| seen.changes_received >= a.2 && seen.caught_up),
        node_b.until(|seen| seen.changes_received >= b.2 && seen.caught_up),
    )?;
    let seconds = started.elapsed().as_secs_f64();
    let stores = [a.0.store.clone(), b.0.store.clone()];
    tokio::task::spawn_blocking(move || stores.iter().try_for_each(Store::project)).await??;
    let current_seconds = started.elapsed().as_secs_f64();
    let udp_bytes = node_a.leave().await? + node_b.leave().await?;
    Ok(Reunion { seconds, current_seconds, bytes: seen_a.bytes + seen_b.bytes, udp_bytes })
}

/// Nothing to do on an open connection.
pub(super) async fn noop_warm(report: &Report, folder: &Path, n: usize) -> Result<()> {
    let desk = Desk::open(folder)?;
    let mut node = LiveNode::connect(&desk, folder).await?;
    let (mut times, mut bytes) = (Vec::new(), 0);
    for _ in 0..TIMES {
        let (time, moved) = node.verify().await?;
        times.push(time);
        bytes = bytes.max(moved);
    }
    node.leave().await?;
    let mut figure = Figure::of("replication.noop_warm", n, "ms", &times);
    figure.bytes = Some(bytes);
    report.add(&figure)
}

/// From the commit of an edit on node A until it is committed on node B, over the server.
pub(super) async fn propagation(
    report: &Report,
    a: &Path,
    b: &Path,
    ids: &[PatientId],
    n: usize,
) -> Result<()> {
    let (desk_a, desk_b) = (Desk::open(a)?, Desk::open(b)?);
    let sender = LiveNode::connect(&desk_a, a).await?;
    let mut receiver = LiveNode::connect(&desk_b, b).await?;
    let mut writer = desk_a.writer();
    let scope: ScopeName = Scope::Clinic(desk_a.clinic).to_string().parse()?;
    let mut times = Vec::new();
    for (index, patient) in ids.iter().enumerate().take(TIMES) {
        writer.edit(&desk_a.store, *patient, |patient| {
            patient.foreign.insert("seen".into(), index.to_string());
        })?;
        let started = Instant::now();
        sender.handle.nudge(NodeNudge::Committed(scope.clone()));
        let arrived = tokio::time::timeout(PATIENCE, receiver.received.recv()).await?;
        times.push(arrived.context("session ended")?.duration_since(started).as_secs_f64() * 1e3);
    }
    sender.leave().await?;
    receiver.leave().await?;
    report.add(&Figure::of("replication.live", n, "ms", &times))?;
    report.add(&Figure::of("replication.live_p99", n, "ms", &[super::percentile(&times, 0.99)]))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
