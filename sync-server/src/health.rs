//! How every node is doing: kept in memory by its session, written down once a second, told to watchers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use posto_domain::NodeId;
use posto_sync::{ScopeName, Seq};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::storage::table::node::{NodeScopeRow, Seen};
use crate::storage::table::{node, scope};
use crate::storage::{Db, DbError, Tx};

/// What a session knows of its node.
#[derive(Debug, Clone, Default)]
pub(crate) struct NodeHealth {
    pub online: bool,
    pub last_seen_at_ms: i64,
    pub software: Option<String>,
    /// The server's clock minus the node's.
    pub clock_offset_ms: Option<i64>,
    pub cursors: BTreeMap<ScopeName, Seq>,
    pub in_sync: BTreeMap<ScopeName, bool>,
    /// Times node and server differed although both thought they were done.
    pub repairs: u64,
}

/// Health of all nodes that were seen since this process began.
pub(crate) struct Health {
    nodes: Mutex<BTreeMap<NodeId, (NodeHealth, bool)>>,
    clock: Clock,
    version: watch::Sender<u64>,
    repairs: AtomicU64,
}

impl Health {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { nodes: Mutex::default(), clock, version: watch::Sender::new(0), repairs: AtomicU64::new(0) }
    }

    /// Notes something about a node; `change` sees what was known.
    pub(crate) fn note(&self, id: NodeId, change: impl FnOnce(&mut NodeHealth)) {
        let now_ms = self.clock.now_ms();
        {
            let mut nodes = self.nodes.lock();
            let (health, dirty) = nodes.entry(id).or_default();
            health.last_seen_at_ms = now_ms;
            change(health);
            *dirty = true;
        }
        self.touch();
    }

    pub(crate) fn count_repair(&self) {
        self.repairs.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("posto_repairs_total").increment(1);
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<NodeHealth> {
        self.nodes.lock().get(&id).map(|(health, _)| health.clone())
    }

    /// Something that the console shows has changed.
    pub(crate) fn touch(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// A number that rises whenever something changed.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Writes down what changed since the last time.
    pub(crate) async fn save(&self, db: &Db) -> Result<(), DbError> {
        let changed: Vec<(NodeId, NodeHealth)> = {
            let mut nodes = self.nodes.lock();
            let dirty = nodes.iter_mut().filter(|(_, (_, dirty))| *dirty);
            dirty
                .map(|(id, (health, dirty))| {
                    *dirty = false;
                    (*id, health.clone())
                })
                .collect()
        };
        if changed.is_empty() {
            return Ok(());
        }
        db.write(move |tx| changed.iter().try_for_each(|(id, health)| save_one(tx, *id, health))).await
    }
}

fn save_one(tx: &Tx<'_>, id: NodeId, health: &NodeHealth) -> Result<(), DbError> {
    let seen = Seen {
        at_ms: health.last_seen_at_ms,
        online: health.online,
        software: health.software.clone(),
        clock_offset_ms: health.clock_offset_ms,
    };
    node::set_seen(tx, id, &seen)?;
    for (name, cursor) in &health.cursors {
        let parsed = name.as_str().parse().map_err(|_| DbError::Malformed { what: "scope name" })?;
        let Some(row) = scope::by_name(tx, parsed)? else { continue };
        let in_sync = health.in_sync.get(name).copied().unwrap_or(false) && *cursor >= row.head;
        let progress = NodeScopeRow {
            node: id,
            scope: row.id,
            cursor: *cursor,
            in_sync_at_ms: in_sync.then_some(health.last_seen_at_ms),
        };
        node::set_scope_progress(tx, &progress, health.last_seen_at_ms)?;
    }
    Ok(())
}
