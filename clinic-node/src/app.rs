//! What the node does: one use case a method, spread over the areas below.
//!
//! Every use case names who asks ([`Caller`]), asks the policies once (`App::authorize`) and leaves an audit row
//! in the transaction of what it did, or in one of its own where it only read.

pub mod attachments;
pub mod audit;
pub mod caller;
pub mod conflicts;
pub mod directory;
pub mod emergency;
pub mod error;
mod herald;
pub(crate) mod live;
mod lobby;
mod open;
mod page;
pub mod patients;
pub mod pen;
mod secrets;
pub mod sessions;
pub mod settings;
pub mod sync;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod time;
pub mod users;
mod write;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use posto_domain::jurisdiction::Jurisdictions;
use posto_domain::policy::Policies;
use posto_net::NodeIdentity;
use posto_store::Store;
use tokio::sync::Notify;

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::identity::Identity;
use crate::ports::Ports;
use crate::replication::SyncBoard;

pub use caller::Caller;
pub use error::{AppError, AppResult};
pub use open::{OpenError, create_database, known_jurisdiction};
pub use page::PageRequest;

/// An open node: its store, its identity, and all it keeps in memory.
pub struct App {
    pub(crate) data: DataDir,
    pub(crate) config: Config,
    pub(crate) identity: Identity,
    /// The newest certificate of an enrolled node.
    pub(crate) certificate: ArcSwapOption<NodeIdentity>,
    pub(crate) ports: Ports,
    pub(crate) store: Store,
    pub(crate) pen: pen::Pen,
    pub(crate) live: Arc<live::Live>,
    pub(crate) board: Arc<SyncBoard>,
    /// Wakes the sync loop out of its wait.
    pub(crate) sync_wanted: Notify,
    /// Names this run of the process towards the server and the desks.
    pub(crate) boot: u64,
    pub(crate) lobby: lobby::Lobby,
    /// Compiled when first asked: a command that asks nobody does not wait for it.
    policies: OnceLock<Option<Policies>>,
    packs: OnceLock<Option<Jurisdictions>>,
    numbers: patients::Numbers,
    faces: patients::Faces,
    late_rows: audit::LateRows,
    /// The newest row of the audit trail that this process signed.
    signed_up_to: AtomicU64,
}

impl App {
    /// A fresh random number, for waits that should not coincide.
    pub(crate) fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        // Without randomness all nodes wait equally long, which is no fault.
        drop(self.ports.entropy.fill(&mut bytes));
        u64::from_be_bytes(bytes)
    }

    fn policies(&self) -> AppResult<&Policies> {
        let policies = self.policies.get_or_init(|| {
            Policies::builtin()
                .inspect_err(|error| tracing::error!(%error, "the policies cannot be used"))
                .ok()
        });
        policies.as_ref().ok_or(AppError::Policy)
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("node", &self.identity.place.node.id).finish_non_exhaustive()
    }
}
