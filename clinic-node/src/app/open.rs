//! Opening a node's data folder, and making a new one.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use posto_api::event::LiveEvent;
use posto_api::sync::SyncState;
use posto_domain::{Kind, ScopeKind};
use posto_store::{Store, StoreEvent, StoreKey, StoreOptions, SystemEntropy};
use posto_sync::ScopeName;
use posto_sync::node::NodeNudge;
use tokio::sync::Notify;

use super::{App, live, lobby, pen};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::identity::{Identity, IdentityError, Membership};
use crate::ports::Ports;
use crate::replication::SyncBoard;

/// Why a data folder does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("store")]
    Store(#[from] posto_store::Error),
    #[error("{} has an identity but no database: restore a backup, or enrol again into another folder", path.display())]
    NoDatabase { path: std::path::PathBuf },
    #[error("{0} is no jurisdiction this program knows: {1}")]
    UnknownJurisdiction(String, String),
    #[error("cannot create {}", path.display())]
    Folder {
        path: std::path::PathBuf,
        #[source]
        source: std::io::Error,
    },
}

/// When the server was last reached, Unix milliseconds, big-endian.
pub(super) const LAST_CONTACT: &str = "last_contact_ms";

/// Makes the database of a new node with a fresh key.
///
/// # Errors
/// Of the file system; a folder that has a key already keeps it.
pub fn create_database(data: &DataDir) -> Result<(), OpenError> {
    let path = data.database_key();
    if path.exists() {
        return Ok(());
    }
    StoreKey::generate(&SystemEntropy)?.create_file(&path)?;
    Ok(())
}

/// The code of a jurisdiction pack in its own spelling.
///
/// # Errors
/// [`OpenError::UnknownJurisdiction`], which lists the known ones.
pub fn known_jurisdiction(code: &str) -> Result<String, OpenError> {
    let wanted = code.trim().to_ascii_uppercase();
    let known = super::settings::known_jurisdictions();
    if known.contains(&wanted) {
        return Ok(wanted);
    }
    Err(OpenError::UnknownJurisdiction(code.to_owned(), known.join(", ")))
}

impl App {
    /// Opens a node that was enrolled or initialised. Takes the folder's lock.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(data: DataDir, config: Config, ports: Ports) -> Result<Arc<Self>, OpenError> {
        let identity = Identity::load(&data)?;
        if !data.database_key().exists() {
            return Err(OpenError::NoDatabase { path: data.path().to_owned() });
        }
        Self::open_as(data, config, ports, identity)
    }

    /// Opens a data folder as this node, whether or not the folder says so itself.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_as(
        data: DataDir,
        config: Config,
        ports: Ports,
        identity: Identity,
    ) -> Result<Arc<Self>, OpenError> {
        let key = StoreKey::read_file(&data.database_key())?;
        let mut options = StoreOptions::new(ports.clock.clone());
        options.entropy = ports.entropy.clone();
        let store = Store::open(data.path(), key, options)?;
        ensure_scopes(&store, &identity)?;
        let last_contact_ms =
            store.read(|r| r.local_value(LAST_CONTACT))?.and_then(|bytes| bytes.try_into().ok());
        let boot = {
            let mut bytes = [0; 8];
            ports.entropy.fill(&mut bytes)?;
            // The database keeps numbers of 63 bits.
            u64::from_be_bytes(bytes) >> 1
        };
        let (state, certificate) = match &identity.membership {
            Membership::Enrolled(certificate) => (SyncState::Offline, Some(certificate.clone())),
            Membership::Standalone => (SyncState::Standalone, None),
        };
        let now_ms = ports.clock.now_ms();
        let pen = pen::Pen::new(identity.place.node.id, &ports)?;
        let app = Arc::new(Self {
            board: Arc::new(SyncBoard::new(state, now_ms, last_contact_ms.map(u64::from_be_bytes))),
            live: Arc::new(live::Live::new(boot)),
            certificate: ArcSwapOption::from(certificate),
            sync_wanted: Notify::new(),
            lobby: lobby::Lobby::default(),
            policies: OnceLock::new(),
            packs: OnceLock::new(),
            numbers: Default::default(),
            faces: Default::default(),
            late_rows: Default::default(),
            signed_up_to: Default::default(),
            data,
            config,
            identity,
            ports,
            store,
            pen,
            boot,
        });
        app.adopt_numbers()?;
        app.listen();
        Ok(app)
    }

    /// Passes on what the store says: to the sync session, to the desks, to what is kept in memory.
    fn listen(self: &Arc<Self>) {
        let (live, board, app) = (self.live.clone(), self.board.clone(), Arc::downgrade(self));
        self.store.listen(move |event| match event {
            StoreEvent::DocumentChanged { kind: Kind::User | Kind::RoleGrant | Kind::Clinic, .. } => {
                if let Some(app) = app.upgrade() {
                    app.lobby.forget_all();
                }
                live.publish(LiveEvent::SessionChanged);
            }
            StoreEvent::DocumentChanged { kind: Kind::Attachment, .. } => {
                // Its content may be wanted now.
                board.nudge(NodeNudge::Blobs);
            }
            StoreEvent::PendingChanges { scope } => {
                if let Ok(scope) = ScopeName::new(&scope.to_string()) {
                    board.nudge(NodeNudge::Committed(scope));
                }
                live.sync_changed();
            }
            StoreEvent::Quarantined { .. } | StoreEvent::Received { .. } => live.sync_changed(),
            StoreEvent::Erased { .. } => live.publish(LiveEvent::Resync),
            _ => {}
        });
    }
}

/// A node holds its scopes from the first moment, so that the first sync knows what to ask for.
fn ensure_scopes(store: &Store, identity: &Identity) -> Result<(), OpenError> {
    let held = store.read(|r| r.scope_states())?;
    let mut missing = identity.scopes();
    missing.retain(|scope| {
        let name = scope.to_string();
        scope.kind() != ScopeKind::Local && held.iter().all(|state| state.scope.as_str() != name)
    });
    if missing.is_empty() {
        return Ok(());
    }
    store.write(move |tx| missing.iter().try_for_each(|scope| tx.ensure_scope(*scope)))?;
    Ok(())
}
