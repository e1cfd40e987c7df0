//! Replication on this node: one catch-up, or a session kept up for as long as the node runs.

mod board;
mod executor;
mod keep_up;
mod renewal;

use std::sync::Arc;
use std::time::Duration;

use posto_api::sync::SyncReport;
use posto_net::driver::{Driver, Pool, SessionClosed};
use posto_net::endpoint::client::Client;
use posto_net::{NetError, NodeIdentity};
use posto_sync::node::{NodeConfig, NodeSession};
use posto_sync::{ActorPrefix, BootId, NodeKey};

use crate::app::App;
use crate::identity::Membership;

pub use board::SyncBoard;
pub(crate) use executor::StoreExecutor;
pub use keep_up::KeepUp;

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

/// One catch-up: sends, receives and verifies until nothing is left, then says goodbye.
///
/// # Errors
/// [`SyncError`]; a session that ended before it had caught up is no error, but a report that is not in sync.
pub async fn once(app: &Arc<App>, limit: Duration) -> Result<SyncReport, SyncError> {
    let begun_ms = app.pen.now_ms();
    let identity = certificate(app)?;
    let server = server_address(app, &identity);
    let net = |source| SyncError::Net { server: server.clone(), source };
    let client = Client::open(&identity).map_err(net)?;
    let connecting = async {
        let link = client.connect(&server).await?;
        renewal::renew_if_due(app, &link, &identity).await;
        Ok(link)
    };
    let connecting = tokio::time::timeout(limit, connecting).await;
    let link = connecting.unwrap_or(Err(NetError::Timeout("answer"))).map_err(net)?;

    // Who has waited since the last session for a number that was granted then.
    app.give_numbers(|| true)?;
    let executor = Arc::new(StoreExecutor::once(app.clone()));
    let engine = engine(app, &identity, 1)?;
    let driver = Driver::for_node(link, engine, executor.clone(), &Pool::new(STORAGE_SLOTS));
    let handle = driver.handle();
    let timer = tokio::spawn(async move {
        tokio::time::sleep(limit).await;
        handle.stop(posto_sync::SessionEnd::TimedOut);
    });
    let session = driver.run().await;
    timer.abort();
    let elapsed_ms = app.pen.now_ms().saturating_sub(begun_ms);
    client.wait_idle().await;
    if let SessionClosed::There(source) = session.end {
        return Err(net(source));
    }
    app.store.project()?;
    let report = SyncReport {
        changes_sent: session.statistics.changes_sent,
        changes_received: session.statistics.changes_received,
        protocol_bytes_sent: session.statistics.bytes_sent,
        protocol_bytes_received: session.statistics.bytes_received,
        udp_bytes_sent: session.udp.sent_bytes,
        udp_bytes_received: session.udp.received_bytes,
        round_trips: session.statistics.round_trips,
        elapsed_ms,
        current_ms: app.pen.now_ms().saturating_sub(begun_ms),
        rss_peak_mib: rss_peak_mib(),
        in_sync: executor.caught_up(),
    };
    app.note_contact(report.in_sync)?;
    Ok(report)
}

/// What Linux says was the most memory this process held; 0 where there is no such file.
fn rss_peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB"));
    peak.and_then(|kib| kib.trim().parse::<u64>().ok()).map_or(0, |kib| kib >> 10)
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
