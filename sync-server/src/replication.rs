//! Runs a session for every node that connects.

use std::sync::Arc;

use posto_domain::NodeId;
use posto_net::driver::{Driver, Executor, Pool};
use posto_net::endpoint::server::{Server as Endpoint, Session as Connection};
use posto_sync::hub::{HubAnswer, HubConfig, HubEvent, HubNudge, HubRequest, HubSession};
use posto_sync::{Instance, NodeKey, Session as _, SessionEnd, StoreFailure};
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::desk::node_of;
use crate::directory::Directory;
use crate::health::Health;
use crate::hub::{Hub, SessionId};
use crate::projector::Wake;

/// Storage requests of all sessions together that run at once.
const REQUESTS_MAX: usize = 8;
/// Highest protocol version this server speaks.
const PROTOCOL_VERSION: u16 = 1;

/// What every session needs.
pub(crate) struct Replication {
    pub hub: Arc<Hub>,
    pub health: Arc<Health>,
    pub directory: Arc<Directory>,
    pub projector: Wake,
    pub clock: Clock,
}

impl Replication {
    /// Serves nodes until the endpoint is shut down; returns when every session has ended.
    pub(crate) async fn serve(self: Arc<Self>, endpoint: Arc<Endpoint>) {
        let sessions = TaskTracker::new();
        let pool = Pool::new(REQUESTS_MAX);
        while let Some(connection) = endpoint.next_session().await {
            sessions.spawn(Arc::clone(&self).run(connection, pool.clone()));
        }
        sessions.close();
        sessions.wait().await;
    }

    async fn run(self: Arc<Self>, connection: Connection, pool: Pool) {
        let node = node_of(&connection.peer);
        let id = self.hub.registry.draw();
        let place = connection.place.clone();
        let engine = HubSession::new(HubConfig {
            node: NodeKey(node.to_bytes()),
            version_max: PROTOCOL_VERSION,
            wall_clock_ms: self.clock.now_ms().max(0).cast_unsigned(),
        });
        let executor = Arc::new(Running { server: Arc::clone(&self), node, id });
        let driver = Driver::for_server(connection, engine, executor, &pool);
        self.hub.registry.begin(id, node, driver.handle(), Some(place));
        let report = driver.run().await;
        self.hub.registry.end(id);
        if !self.hub.registry.connected().contains(&node) {
            self.health.note(node, |health| health.online = false);
        }
        let counted = &report.statistics;
        tracing::info!(
            %node,
            end = ?report.end,
            bytes_sent = counted.bytes_sent,
            bytes_received = counted.bytes_received,
            changes_sent = counted.changes_sent,
            changes_received = counted.changes_received,
            "a session ended"
        );
    }
}

/// The server's side of one session.
struct Running {
    server: Arc<Replication>,
    node: NodeId,
    id: SessionId,
}

impl Running {
    /// Before the node's scopes are read: what its record numbers need is then part of this very session.
    /// A failure is no reason to refuse it.
    fn meet(&self, instance: Instance) {
        let (directory, db, node) = (&self.server.directory, &self.server.hub.db, self.node);
        if let Err(error) = directory.meet(db, node, instance) {
            tracing::error!(error = &error as &dyn std::error::Error, %node, "no record numbers for a new database");
        }
    }
}

impl Executor<HubSession> for Running {
    fn run(&self, request: HubRequest) -> Result<HubAnswer, StoreFailure> {
        self.server.projector.busy();
        if let HubRequest::Admit { instance, .. } = request {
            self.meet(instance);
        }
        let news = request.news();
        let answer = self.server.hub.run(self.node, self.id, request);
        match news.of(&answer) {
            Some(HubNudge::Changed(scope)) => {
                self.server.hub.registry.nudge_scope(&scope, Some(self.id));
                self.server.projector.wake();
                self.server.health.touch();
            }
            Some(HubNudge::BlobStored(blob)) => self.server.hub.registry.nudge_blob(blob, self.id),
            Some(HubNudge::Probe) | None => {}
        }
        answer
    }

    fn event(&self, event: HubEvent) {
        let (server, node) = (&self.server, self.node);
        match event {
            HubEvent::Admitted { software, clock_offset_ms, .. } => server.health.note(node, |health| {
                health.online = true;
                health.software = Some(software);
                health.clock_offset_ms = Some(clock_offset_ms);
            }),
            HubEvent::Refused { scope, changes } => {
                tracing::warn!(%node, %scope, refused = changes.len(), "changes were refused");
                server.health.touch();
            }
            HubEvent::Acknowledged { scope, cursor } => server.health.note(node, |health| {
                health.cursors.insert(scope, cursor);
            }),
            HubEvent::RepairBegan { scope } => {
                tracing::warn!(%node, %scope, "a repair began");
                server.health.count_repair();
                server.health.note(node, |health| health.repairs += 1);
            }
            HubEvent::StorageTrouble { failure } => {
                tracing::error!(%node, %failure, "the storage failed for a session");
                metrics::counter!("posto_storage_trouble_total").increment(1);
            }
            HubEvent::Pushed { .. } | HubEvent::ProbeAnswered | HubEvent::Ended { .. } => {}
        }
    }

    fn after(&self, engine: &HubSession) -> Option<SessionEnd> {
        let in_sync = &engine.statistics().in_sync;
        let known = self.server.health.get(self.node);
        if known.is_none_or(|known| known.in_sync != *in_sync) && !in_sync.is_empty() {
            self.server.health.note(self.node, |health| health.in_sync = in_sync.clone());
        }
        None
    }
}
