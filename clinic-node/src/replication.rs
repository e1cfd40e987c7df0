//! Replication on this node: one catch-up, or a session kept up for as long as the node runs.

mod board;
mod executor;
mod keep_up;
mod once;
mod renewal;

use std::sync::Arc;

use posto_net::{NetError, NodeIdentity};
use posto_sync::node::{NodeConfig, NodeSession};
use posto_sync::{ActorPrefix, BootId, NodeKey};

use crate::app::App;
use crate::identity::Membership;

pub use board::SyncBoard;
pub(crate) use executor::StoreExecutor;
pub use keep_up::KeepUp;
pub use once::once;

/// Storage requests that run at once; the store has one writer and four readers.
const STORAGE_SLOTS: usize = 4;

/// Why there was no sync.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error("this clinic has no server")]
    Standalone,
    #[error("cannot sync with {server}")]
    Net {
        server: String,
        #[source]
        source: NetError,
    },
    #[error("store")]
    Store(#[from] posto_store::Error),
}

impl SyncError {
    /// True when connecting again can help without a person doing something first.
    fn may_pass(&self) -> bool {
        match self {
            Self::Net { source: NetError::Closed(reason), .. } => reason.worth_retrying(),
            Self::Net { source: NetError::WrongServer | NetError::Certificate(_), .. } | Self::Standalone => {
                false
            }
            Self::Net { .. } | Self::Store(_) => true,
        }
    }
}

pub(crate) fn certificate(app: &App) -> Result<Arc<NodeIdentity>, SyncError> {
    match &app.identity.membership {
        Membership::Enrolled(_) => Ok(app.certificate.load_full().ok_or(SyncError::Standalone)?),
        Membership::Standalone => Err(SyncError::Standalone),
    }
}

pub(crate) fn server_address(app: &App, identity: &NodeIdentity) -> String {
    app.config.sync.server.clone().unwrap_or_else(|| identity.card.server.clone())
}

/// An engine for a new connection, the `connection`th of this process.
pub(crate) fn engine(app: &App, identity: &NodeIdentity, connection: u64) -> Result<NodeSession, SyncError> {
    let node = NodeKey(identity.card.node.id.to_bytes());
    Ok(NodeSession::new(NodeConfig {
        node,
        actor_prefix: ActorPrefix::of_node(node),
        boot: BootId(app.boot),
        connection,
        software: crate::SOFTWARE.to_owned(),
        version_max: posto_sync::limits::VERSION_NEWEST,
        wall_clock_ms: app.pen.now_ms(),
    }))
}
