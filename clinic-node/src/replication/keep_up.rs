//! Keeps a session with the server for as long as the node runs: connects, runs, waits, connects again.

use std::sync::Arc;
use std::time::Duration;

use posto_api::sync::SyncState;
use posto_net::close::CloseReason;
use posto_net::driver::{Driver, Pool, SessionClosed, SessionReport};
use posto_net::endpoint::client::Client;
use posto_net::{Backoff, NetError};
use posto_sync::SessionEnd;
use posto_sync::node::NodeSession;
use tokio::sync::watch;

use super::{STORAGE_SLOTS, StoreExecutor, SyncError, certificate, engine, renewal, server_address};
use crate::app::App;

/// The running loop; dropping it does not stop it, [`stop`](Self::stop) does.
#[derive(Debug)]
pub struct KeepUp {
    task: tokio::task::JoinHandle<()>,
    stopping: watch::Sender<bool>,
}

/// How often the note of the last contact is renewed while connected.
const CONTACT_NOTE_EVERY: Duration = Duration::from_secs(600);

impl KeepUp {
    /// Starts the loop. A standalone node has none.
    pub fn start(app: Arc<App>) -> Option<Self> {
        if app.config.sync.disabled || certificate(&app).is_err() {
            return None;
        }
        let (stopping, stopped) = watch::channel(false);
        let task = tokio::spawn(run(app, stopped));
        Some(Self { task, stopping })
    }

    /// Says goodbye to the server and waits until that is done.
    pub async fn stop(self) {
        self.stopping.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the sync loop ended early");
        }
    }
}

async fn run(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut backoff = Backoff::default();
    let pool = Pool::new(STORAGE_SLOTS);
    let mut connection = 0;
    while !*stopped.borrow() {
        connection += 1;
        app.board.connecting(app.pen.now_ms());
        app.live.sync_changed();
        let ended = one_session(&app, &pool, connection, &mut backoff, &mut stopped).await;
        let (retry, problem) = judge(&ended);
        let state = if retry { SyncState::Offline } else { SyncState::Refused };
        app.board.disconnected(state, problem, app.pen.now_ms());
        app.live.sync_changed();
        if let Some(problem) = problem {
            tracing::info!(problem, "no connection to the server");
        }
        let wait = Duration::from_millis(backoff.failed(retry, app.random()));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.sync_wanted.notified() => backoff.nudged(),
            _ = until_stopped(&mut stopped) => {}
        }
    }
}

async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    // An error means that the owner is gone, which stops the loop too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Connects and runs one session to its end.
async fn one_session(
    app: &Arc<App>,
    pool: &Pool,
    connection: u64,
    backoff: &mut Backoff,
    stopped: &mut watch::Receiver<bool>,
) -> Result<SessionClosed, SyncError> {
    let identity = certificate(app)?;
    let server = server_address(app, &identity);
    let net = |source| SyncError::Net { server: server.clone(), source };
    let client = Client::open(&identity).map_err(net)?;
    let connecting = async {
        let link = client.connect(&server).await?;
        renewal::renew_if_due(app, &link, &identity).await;
        Ok(link)
    };
    // Until here there is nobody to say goodbye to: a stop need not wait for a server that does not answer.
    let link = tokio::select! {
        link = connecting => link.map_err(net)?,
        () = until_stopped(stopped) => return Ok(SessionClosed::Here(SessionEnd::Done)),
    };
    let executor = Arc::new(StoreExecutor::live(app.clone()));
    let driver = Driver::for_node(link, engine(app, &identity, connection)?, executor, pool);
    app.board.connected(driver.handle());
    let report = until_over(app, driver, stopped).await;
    if report.statistics.frames_received > 0 {
        backoff.succeeded();
    }
    note_contact(app).await;
    client.wait_idle().await;
    Ok(report.end)
}

/// Runs a session to its end. A stop asks the engine to end it and waits: a session that is merely dropped says no goodbye,
/// and the server shows the node online until the connection times out.
async fn until_over(
    app: &Arc<App>,
    driver: Driver<NodeSession, StoreExecutor>,
    stopped: &mut watch::Receiver<bool>,
) -> SessionReport {
    let handle = driver.handle();
    let mut noting = tokio::time::interval(CONTACT_NOTE_EVERY);
    let mut running = std::pin::pin!(driver.run());
    let mut told = false;
    loop {
        tokio::select! {
            report = &mut running => return report,
            _ = noting.tick() => note_contact(app).await,
            () = until_stopped(stopped), if !told => {
                handle.stop(SessionEnd::Done);
                told = true;
            }
        }
    }
}

/// The desk's rule about months without a server needs the last contact to survive a restart.
async fn note_contact(app: &Arc<App>) {
    let app = app.clone();
    let noted = tokio::task::spawn_blocking(move || app.keep_contact_note()).await;
    if let Ok(Err(error)) = noted {
        tracing::warn!(%error, "the last contact could not be noted");
    }
}

/// Whether to try again soon, and the word for what happened.
fn judge(ended: &Result<SessionClosed, SyncError>) -> (bool, Option<&'static str>) {
    let error = match ended {
        Ok(SessionClosed::Here(SessionEnd::Done)) => return (true, None),
        Ok(closed) => {
            return (closed.worth_retrying(), Some(closed.reason().map_or("connection_lost", word)));
        }
        Err(error) => error,
    };
    let problem = match error {
        SyncError::Standalone => None,
        SyncError::Store(_) => Some("storage_failed"),
        SyncError::Net { source: NetError::Closed(reason), .. } => Some(word(*reason)),
        SyncError::Net { source: NetError::WrongServer | NetError::Certificate(_), .. } => {
            Some("certificate_refused")
        }
        SyncError::Net { .. } => Some("server_unreachable"),
    };
    (error.may_pass(), problem)
}

fn word(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Session(SessionEnd::Revoked) => "certificate_revoked",
        CloseReason::Session(SessionEnd::Cloned) => "node_cloned",
        CloseReason::Session(SessionEnd::UnknownNode) => "node_unknown",
        CloseReason::Session(SessionEnd::UnsupportedVersion) => "version_unsupported",
        CloseReason::Session(SessionEnd::StorageFailed) => "storage_failed",
        CloseReason::Expired | CloseReason::BadCertificate => "certificate_refused",
        _ => "connection_lost",
    }
}
