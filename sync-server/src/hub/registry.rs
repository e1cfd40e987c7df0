//! The live sessions of this process: one per node, nudged when something changes for them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use posto_domain::NodeId;
use posto_net::driver::Handle;
use posto_sync::hub::HubNudge;
use posto_sync::{BootId, ScopeName, SessionEnd};

/// Names one session among all this process has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(pub u64);

/// A session that was admitted.
pub(crate) struct LiveSession {
    pub id: SessionId,
    pub boot: BootId,
    pub connection: u64,
    pub scopes: BTreeSet<ScopeName>,
    handle: Handle<HubNudge>,
    /// For which other process this session was asked whether it is alive, and whether it answered.
    probed_for: Option<(BootId, bool)>,
}

/// Who is connected.
#[derive(Default)]
pub(crate) struct Registry {
    live: Mutex<BTreeMap<NodeId, LiveSession>>,
    /// Sessions that run but were not admitted yet, with how to reach them.
    waiting: Mutex<BTreeMap<NodeId, BTreeMap<SessionId, Handle<HubNudge>>>>,
    ids: AtomicU64,
}

/// What the registry says to a newcomer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It is the node's session now.
    Entered,
    /// Another process has a session that may still be alive; it is being asked.
    Busy,
    /// Another process has a session and answered: the node exists twice.
    Cloned,
}

/// Who wants in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Newcomer {
    pub node: NodeId,
    pub boot: BootId,
    pub connection: u64,
}

impl Registry {
    /// A session begins to run; it is not the node's until [`Registry::enter`].
    pub(crate) fn begin(&self, node: NodeId, handle: Handle<HubNudge>) -> SessionId {
        let id = SessionId(self.ids.fetch_add(1, Ordering::Relaxed));
        self.waiting.lock().entry(node).or_default().insert(id, handle);
        id
    }

    /// A session ended.
    pub(crate) fn end(&self, node: NodeId, id: SessionId) -> bool {
        if let Some(waiting) = self.waiting.lock().get_mut(&node) {
            waiting.remove(&id);
        }
        let mut live = self.live.lock();
        let was_live = live.get(&node).is_some_and(|session| session.id == id);
        if was_live {
            live.remove(&node);
        }
        drop(live);
        self.waiting.lock().retain(|_, sessions| !sessions.is_empty());
        was_live
    }

    /// Decides between a newcomer and the session that the node may already have.
    pub(crate) fn enter(&self, newcomer: Newcomer, id: SessionId, scopes: BTreeSet<ScopeName>) -> Entry {
        let Newcomer { node, boot, connection } = newcomer;
        let mut live = self.live.lock();
        if let Some(present) = live.get_mut(&node) {
            if present.boot != boot {
                return present.question(boot);
            }
            if present.connection >= connection && present.id != id {
                return Entry::Busy;
            }
            present.handle.stop(SessionEnd::Superseded);
        }
        let handle = self.waiting.lock().get_mut(&node).and_then(|waiting| waiting.remove(&id));
        let Some(handle) = handle else { return Entry::Busy };
        live.insert(node, LiveSession { id, boot, connection, scopes, handle, probed_for: None });
        Entry::Entered
    }

    /// The session's peer answered a probe.
    pub(crate) fn probe_answered(&self, node: NodeId, id: SessionId) {
        if let Some(session) = self.live.lock().get_mut(&node).filter(|session| session.id == id)
            && let Some((_, answered)) = &mut session.probed_for
        {
            *answered = true;
        }
    }

    /// Tells every session of the scope but one that it changed.
    pub(crate) fn nudge_scope(&self, scope: &ScopeName, except: Option<SessionId>) {
        for session in self.live.lock().values() {
            if Some(session.id) != except && session.scopes.contains(scope) {
                session.handle.nudge(HubNudge::Changed(scope.clone()));
            }
        }
    }

    /// Tells every session that each of its scopes may have changed.
    pub(crate) fn nudge_all(&self) {
        for session in self.live.lock().values() {
            for scope in &session.scopes {
                session.handle.nudge(HubNudge::Changed(scope.clone()));
            }
        }
    }

    /// Ends every session of a node, admitted or not; true when there was one.
    pub(crate) fn stop(&self, node: NodeId, end: SessionEnd) -> bool {
        let mut found = false;
        if let Some(waiting) = self.waiting.lock().get(&node) {
            waiting.values().for_each(|handle| handle.stop(end));
            found = !waiting.is_empty();
        }
        if let Some(session) = self.live.lock().get(&node) {
            session.handle.stop(end);
            found = true;
        }
        found
    }

    /// Ends all sessions.
    pub(crate) fn stop_all(&self, end: SessionEnd) {
        self.waiting.lock().values().flat_map(BTreeMap::values).for_each(|handle| handle.stop(end));
        self.live.lock().values().for_each(|session| session.handle.stop(end));
    }

    pub(crate) fn connected(&self) -> Vec<NodeId> {
        self.live.lock().keys().copied().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.live.lock().len()
    }
}

impl LiveSession {
    fn question(&mut self, newcomer: BootId) -> Entry {
        if self.probed_for == Some((newcomer, true)) {
            return Entry::Cloned;
        }
        if self.probed_for.is_none_or(|(asked_for, _)| asked_for != newcomer) {
            self.probed_for = Some((newcomer, false));
        }
        self.handle.nudge(HubNudge::Probe);
        Entry::Busy
    }
}
