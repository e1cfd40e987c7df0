//! The live sessions of this process, and which scopes each wants to hear of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use posto_domain::NodeId;
use posto_net::driver::Handle;
use posto_net::endpoint::registry::Place;
use posto_sync::hub::HubNudge;
use posto_sync::{BlobHash, ScopeName, SessionEnd};

/// Names one session among all this process has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(u64);

struct Running {
    node: NodeId,
    handle: Handle<HubNudge>,
    /// The connection's claim to be the node's one session; tests without a network have none.
    place: Option<Place>,
    /// Empty until the node was admitted.
    scopes: BTreeSet<ScopeName>,
}

/// Who is connected.
#[derive(Default)]
pub(crate) struct Registry {
    running: Mutex<BTreeMap<SessionId, Running>>,
    ids: AtomicU64,
}

impl Registry {
    /// A name for a session to be.
    pub(crate) fn draw(&self) -> SessionId {
        SessionId(self.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// A session begins to run; it hears of nothing until [`Registry::admit`].
    pub(crate) fn begin(&self, id: SessionId, node: NodeId, handle: Handle<HubNudge>, place: Option<Place>) {
        self.running.lock().insert(id, Running { node, handle, place, scopes: BTreeSet::new() });
    }

    pub(crate) fn end(&self, id: SessionId) {
        self.running.lock().remove(&id);
    }

    pub(crate) fn place(&self, id: SessionId) -> Option<Place> {
        self.running.lock().get(&id).and_then(|session| session.place.clone())
    }

    /// From now on the session hears of changes in these scopes.
    pub(crate) fn admit(&self, id: SessionId, scopes: BTreeSet<ScopeName>) {
        if let Some(session) = self.running.lock().get_mut(&id) {
            session.scopes = scopes;
        }
    }

    /// Tells every session of the scope but one that it changed.
    pub(crate) fn nudge_scope(&self, scope: &ScopeName, except: Option<SessionId>) {
        for (id, session) in self.running.lock().iter() {
            if Some(*id) != except && session.scopes.contains(scope) {
                session.handle.nudge(HubNudge::Changed(scope.clone()));
            }
        }
    }

    /// Tells the other sessions of the same clinic that an attachment is here.
    pub(crate) fn nudge_blob(&self, blob: BlobHash, from: SessionId) {
        let running = self.running.lock();
        let Some(source) = running.get(&from) else { return };
        for (id, session) in running.iter() {
            if *id != from && !session.scopes.is_disjoint(&source.scopes) {
                session.handle.nudge(HubNudge::BlobStored(blob));
            }
        }
    }

    /// Tells every session that each of its scopes may have changed.
    pub(crate) fn nudge_all(&self) {
        for session in self.running.lock().values() {
            for scope in &session.scopes {
                session.handle.nudge(HubNudge::Changed(scope.clone()));
            }
        }
    }

    /// Ends every session of a node; true when there was one.
    pub(crate) fn stop(&self, node: NodeId, end: SessionEnd) -> bool {
        let running = self.running.lock();
        let mut sessions = running.values().filter(|session| session.node == node).peekable();
        let found = sessions.peek().is_some();
        sessions.for_each(|session| session.handle.stop(end));
        found
    }

    /// Ends all sessions.
    pub(crate) fn stop_all(&self, end: SessionEnd) {
        self.running.lock().values().for_each(|session| session.handle.stop(end));
    }

    /// The nodes that were admitted and are still here.
    pub(crate) fn connected(&self) -> BTreeSet<NodeId> {
        let running = self.running.lock();
        running.values().filter(|session| !session.scopes.is_empty()).map(|session| session.node).collect()
    }
}
