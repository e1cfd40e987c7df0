//! A running server: the QUIC endpoint, the console, and what works behind them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use posto_api::serve::tls::{self, TlsError};
use posto_domain::policy::PolicyError;
use posto_net::NetError;
use posto_net::endpoint::server::Server as Endpoint;
use posto_sync::SessionEnd;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::ServerConfig;
use crate::console::Console;
use crate::data_folder::{DataFolderError, FolderLock};
use crate::erasure::{ErasureError, Ledger};
use crate::health::Health;
use crate::http;
use crate::hub::{BlobFolder, Hub};
use crate::installation::{Installation, InstallationError};
use crate::projector::{Projector, Wake};
use crate::proof;
use crate::replication::Replication;
use crate::revocation::Revocations;
use crate::storage::DbError;
use crate::storage::table::node;
use crate::watch::Watch;

/// How often node health is written down and the write-ahead log emptied.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(1);
/// Requests that run when the server is asked to stop get this long.
const GOODBYE: Duration = Duration::from_secs(5);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    #[error(transparent)]
    Installation(#[from] InstallationError),
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("the erasure ledger could not be applied")]
    Erasure(#[from] ErasureError),
    #[error("the QUIC endpoint cannot listen on {0}")]
    Quic(SocketAddr, #[source] NetError),
    #[error("the console cannot listen on {0}")]
    Http(SocketAddr, #[source] std::io::Error),
    #[error("the console cannot speak TLS")]
    Tls(#[from] TlsError),
    #[error("the policies cannot be used")]
    Policies(#[from] PolicyError),
}

/// A server that serves until it is stopped.
pub struct Server {
    quic: SocketAddr,
    http: SocketAddr,
    stop: CancellationToken,
    hub: Arc<Hub>,
    health: Arc<Health>,
    endpoint: Arc<Endpoint>,
    tasks: Vec<JoinHandle<()>>,
    _lock: FolderLock,
}

impl Server {
    /// Starts serving. Returns once both addresses are bound and the database is open.
    ///
    /// # Errors
    /// When the folder is in use, not initialised or damaged, or an address is taken.
    pub async fn start(config: ServerConfig, clock: Clock) -> Result<Self, ServerError> {
        let lock = config.data.lock()?;
        let folder = config.data.clone();
        let installation = Installation::open(folder, clock.clone())?;
        let db = installation.db.clone();
        db.write::<_, DbError, _>(node::set_all_offline).await?;
        let again = Ledger::of(&config.data).apply(&db)?;
        if again > 0 {
            tracing::warn!(documents = again, "erased again what a restored database still had");
        }
        let hub = Arc::new(Hub::new(db.clone(), BlobFolder(config.data.blobs()), clock.clone()));
        let health = Arc::new(Health::new(clock.clone()));
        let (wake, nudge, stop) = (Wake::default(), Arc::new(Notify::new()), CancellationToken::new());

        let endpoint = bind_quic(&config, &installation)?;
        let quic = endpoint.local_address().map_err(|error| ServerError::Quic(config.quic, error))?;
        let listener = TcpListener::bind(config.http).await.map_err(|e| ServerError::Http(config.http, e))?;
        let http = listener.local_addr().map_err(|e| ServerError::Http(config.http, e))?;

        let tls = config
            .http_options
            .tls()
            .map(|(certificate, key)| tls::acceptor(certificate, key))
            .transpose()?;

        let shown = Arc::clone(&health);
        let projector = Projector {
            db: db.clone(),
            directory: Arc::clone(&installation.directory),
            revocations: Revocations::of(&config.data),
            wake: wake.clone(),
            changed: Box::new(move || shown.touch()),
        };
        let watch = Watch {
            hub: Arc::clone(&hub),
            connections: endpoint.registry(),
            health: Arc::clone(&health),
            projector: wake.clone(),
            nudge: Arc::clone(&nudge),
        };
        let replication = Replication {
            hub: Arc::clone(&hub),
            health: Arc::clone(&health),
            directory: Arc::clone(&installation.directory),
            projector: wake,
            clock: clock.clone(),
        };
        let console = Console::new(installation, Arc::clone(&hub), Arc::clone(&health), nudge)?;
        let site = http::Site::new(console, config.http_options, stop.clone());
        let tasks = vec![
            tokio::spawn(Arc::new(replication).serve(Arc::clone(&endpoint))),
            tokio::spawn(projector.run(stop.clone())),
            tokio::spawn(watch.run(stop.clone())),
            tokio::spawn(keep_house(Arc::clone(&hub), Arc::clone(&health), stop.clone())),
            tokio::spawn(proof::run(db, clock, stop.clone())),
            tokio::spawn(http::serve(listener, tls, site)),
        ];
        tracing::info!(%quic, %http, "serving");
        Ok(Self { quic, http, stop, hub, health, endpoint, tasks, _lock: lock })
    }

    /// Where nodes connect.
    #[must_use]
    pub fn quic_address(&self) -> SocketAddr {
        self.quic
    }

    /// Where the console is.
    #[must_use]
    pub fn http_address(&self) -> SocketAddr {
        self.http
    }

    /// Says goodbye to everybody and returns when nothing runs any more.
    pub async fn stop(self) {
        self.stop.cancel();
        self.hub.registry.stop_all(SessionEnd::GoingAway);
        self.endpoint.shutdown().await;
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(GOODBYE, task).await.is_err() {
                abort.abort();
            }
        }
        if let Err(error) = self.health.save(&self.hub.db).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the nodes' health was not written down"
            );
        }
        if let Err(error) = self.hub.db.checkpoint() {
            tracing::warn!(error = &error as &dyn std::error::Error, "the write-ahead log was not emptied");
        }
        tracing::info!("stopped");
    }
}

fn bind_quic(config: &ServerConfig, installation: &Installation) -> Result<Arc<Endpoint>, ServerError> {
    let failed = |error| ServerError::Quic(config.quic, error);
    let clock = installation.clock.clone();
    let identity = installation.desk.authority.issue_server(clock.now_s()).map_err(failed)?;
    let wall_clock = Arc::new(move || clock.now_s());
    let endpoint =
        Endpoint::bind(config.quic, &identity, installation.desk.clone(), wall_clock).map_err(failed)?;
    Ok(Arc::new(endpoint))
}

/// Small chores between bursts of work.
async fn keep_house(hub: Arc<Hub>, health: Arc<Health>, stop: CancellationToken) {
    let mut written = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(HOUSEKEEPING_EVERY) => {}
        }
        if let Err(error) = health.save(&hub.db).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the nodes' health was not written down"
            );
        }
        let bytes = hub.db.disk_bytes();
        if bytes != written {
            written = bytes;
            let db = hub.db.clone();
            let done = tokio::task::spawn_blocking(move || db.checkpoint()).await;
            if let Ok(Err(error)) = done {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the write-ahead log was not emptied"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
