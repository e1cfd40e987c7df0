//! The server of the simulation: its real storage on embedded SQLite.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use posto_domain::{DocumentId, NodeId, Scope};
use posto_sync::hub::{HubAnswer, HubRequest};
use posto_sync::simulation::HubStore;
use posto_sync::{ActorPrefix, StoreFailure};
use sync_server::Clock;
use sync_server::testing::StorageOnly;

pub(crate) struct SimServer {
    folder: PathBuf,
    storage: Option<StorageOnly>,
    nodes: Vec<NodeId>,
    drawn: u64,
}

impl SimServer {
    pub(crate) fn new(folder: &Path) -> Self {
        let folder = folder.join("server");
        std::fs::create_dir_all(&folder).unwrap();
        let now_ms = Arc::new(AtomicU64::new(1_790_000_000_000));
        let clock = Clock::new(move || now_ms.fetch_add(1, Ordering::Relaxed) as i64);
        let storage = StorageOnly::create(&folder, clock).unwrap();
        Self { folder, storage: Some(storage), nodes: Vec::new(), drawn: 0 }
    }

    pub(crate) fn storage(&self) -> &StorageOnly {
        self.storage.as_ref().unwrap()
    }

    /// Enrols the next node and says which actor prefix it has.
    pub(crate) fn enrol(&mut self, id: NodeId) -> ActorPrefix {
        self.nodes.push(id);
        self.storage().add_node(id).unwrap()
    }

    /// Enrols the next node, of a clinic of its own, and says that clinic's scope, too.
    pub(crate) fn enrol_elsewhere(&mut self, id: NodeId) -> (ActorPrefix, Scope) {
        self.nodes.push(id);
        let (clinic, location) = self.storage().add_clinic("Dois").unwrap();
        (self.storage().add_node_of(clinic, location, id).unwrap(), Scope::Clinic(clinic))
    }

    /// The next node is a copy of this one: it has the same certificate.
    pub(crate) fn copy(&mut self, node: usize) {
        self.nodes.push(self.nodes[node]);
    }

    pub(crate) fn revoke(&self, node: usize) {
        self.storage().revoke(self.nodes[node]).unwrap();
    }

    pub(crate) fn erase(&self, document: DocumentId) {
        self.storage().erase(document).unwrap();
    }

    pub(crate) fn backup(&mut self) -> PathBuf {
        self.drawn += 1;
        let file = self.folder.with_extension(format!("backup-{}", self.drawn));
        self.storage().backup_to(&file).unwrap();
        file
    }

    pub(crate) fn restore(&mut self, backup: &Path, renew: bool) {
        let storage = self.storage.take().unwrap();
        self.storage = Some(storage.restore(backup, renew).unwrap());
    }

    /// Carries out one request as that node's session would.
    pub(crate) fn ask(&self, node: usize, request: HubRequest) -> Result<HubAnswer, StoreFailure> {
        self.storage().answer(self.nodes[node], request)
    }
}

impl HubStore for SimServer {
    fn answer(&mut self, node: usize, request: HubRequest) -> Result<HubAnswer, StoreFailure> {
        self.ask(node, request)
    }
}
