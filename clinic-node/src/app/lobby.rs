//! What is kept in memory about people at the desks: open sessions and names. Forgotten whenever the directory
//! changes; the database has it all.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use posto_domain::UserId;
use posto_domain::jurisdiction::Pack;

use super::sessions::OpenSession;

/// Sessions kept at once; the oldest looked up goes first.
const SESSIONS_MAX: usize = 4_096;

#[derive(Debug, Default)]
pub(crate) struct Lobby {
    sessions: Mutex<HashMap<[u8; 32], OpenSession>>,
    names: Mutex<HashMap<UserId, String>>,
    pack: Mutex<Option<Arc<Pack>>>,
}

impl Lobby {
    pub(crate) fn session(&self, token_hash: &[u8; 32]) -> Option<OpenSession> {
        self.sessions.lock().get(token_hash).cloned()
    }

    pub(crate) fn remember(&self, session: OpenSession) {
        let mut sessions = self.sessions.lock();
        if sessions.len() >= SESSIONS_MAX {
            sessions.clear();
        }
        sessions.insert(session.token_hash, session);
    }

    pub(crate) fn forget(&self, token_hash: &[u8; 32]) {
        self.sessions.lock().remove(token_hash);
    }

    /// The directory changed: everything is looked up again.
    pub(crate) fn forget_all(&self) {
        self.sessions.lock().clear();
        self.names.lock().clear();
        *self.pack.lock() = None;
    }

    pub(crate) fn pack(&self) -> Option<Arc<Pack>> {
        self.pack.lock().clone()
    }

    pub(crate) fn remember_pack(&self, pack: Arc<Pack>) {
        *self.pack.lock() = Some(pack);
    }

    pub(crate) fn name(&self, user: UserId) -> Option<String> {
        self.names.lock().get(&user).cloned()
    }

    pub(crate) fn remember_name(&self, user: UserId, name: String) {
        self.names.lock().insert(user, name);
    }
}
