//! One catch-up, over as many connections as the line needs.

use std::sync::Arc;
use std::time::Duration;

use posto_api::sync::SyncReport;
use posto_net::driver::{Driver, Pool, SessionClosed, SessionReport};
use posto_net::endpoint::client::Client;
use posto_net::{Backoff, NetError};
use posto_sync::SessionEnd;
use tokio::time::Instant;

use super::{STORAGE_SLOTS, StoreExecutor, SyncError, certificate, engine, renewal, server_address};
use crate::app::App;

/// One catch-up: sends, receives and verifies until nothing is left, then says goodbye. A connection that is lost on the way is
/// made again until `limit` is over; a server that cannot be reached at all, or that refuses this node, is an error at once.
///
/// # Errors
/// [`SyncError`]; a session that ended before it had caught up is no error, but a report that is not in sync.
pub async fn once(app: &Arc<App>, limit: Duration) -> Result<SyncReport, SyncError> {
    let begun_ms = app.pen.now_ms();
    let deadline = Instant::now() + limit;
    let mut backoff = Backoff::default();
    let mut moved = Moved::default();
    let mut connection = 1;
    let in_sync = loop {
        let ended = session(app, deadline, connection).await;
        if let Ok(session) = &ended {
            moved.add(&session.report);
            if session.report.statistics.frames_received > 0 {
                backoff.succeeded();
            }
        }
        let may_pass = match &ended {
            Ok(session) => session.was_cut(),
            Err(error) => connection > 1 && error.may_pass(),
        };
        let retry_at = Instant::now() + Duration::from_millis(backoff.failed(true, app.random()));
        if !may_pass || retry_at >= deadline {
            break judge(app, ended)?;
        }
        connection += 1;
        tracing::info!(connection, "the connection was lost; it is made again");
        tokio::time::sleep_until(retry_at).await;
    };
    let elapsed_ms = app.pen.now_ms().saturating_sub(begun_ms);
    app.store.project()?;
    let report = SyncReport {
        changes_sent: moved.changes_sent,
        changes_received: moved.changes_received,
        protocol_bytes_sent: moved.bytes_sent,
        protocol_bytes_received: moved.bytes_received,
        udp_bytes_sent: moved.udp_sent,
        udp_bytes_received: moved.udp_received,
        round_trips: moved.round_trips,
        elapsed_ms,
        current_ms: app.pen.now_ms().saturating_sub(begun_ms),
        rss_peak_mib: rss_peak_mib(),
        in_sync,
    };
    app.note_contact(report.in_sync)?;
    Ok(report)
}

/// What all connections moved together.
#[derive(Default)]
struct Moved {
    changes_sent: u64,
    changes_received: u64,
    bytes_sent: u64,
    bytes_received: u64,
    udp_sent: u64,
    udp_received: u64,
    round_trips: u64,
}

impl Moved {
    fn add(&mut self, report: &SessionReport) {
        let counted = &report.statistics;
        self.changes_sent += counted.changes_sent;
        self.changes_received += counted.changes_received;
        self.bytes_sent += counted.bytes_sent;
        self.bytes_received += counted.bytes_received;
        self.udp_sent += report.udp.sent_bytes;
        self.udp_received += report.udp.received_bytes;
        self.round_trips += counted.round_trips;
    }
}

/// A connection from its first datagram to its end.
struct Session {
    report: SessionReport,
    caught_up: bool,
}

impl Session {
    /// Whether the line was lost, or the server is about to come back.
    fn was_cut(&self) -> bool {
        match &self.report.end {
            SessionClosed::There(NetError::Closed(reason)) => *reason == SessionEnd::GoingAway.into(),
            SessionClosed::There(_) => true,
            SessionClosed::Here(end) => matches!(end, SessionEnd::ConnectionLost | SessionEnd::TimedOut),
        }
    }
}

/// Connects as the `connection`th of this process and catches up, until `deadline` at most.
async fn session(app: &Arc<App>, deadline: Instant, connection: u64) -> Result<Session, SyncError> {
    let identity = certificate(app)?;
    let server = server_address(app, &identity);
    let net = |source| SyncError::Net { server: server.clone(), source };
    let client = Client::open(&identity).map_err(net)?;
    let connecting = async {
        let link = client.connect(&server).await?;
        renewal::renew_if_due(app, &link, &identity).await;
        Ok(link)
    };
    let connecting = tokio::time::timeout_at(deadline, connecting).await;
    let link = connecting.unwrap_or(Err(NetError::Timeout("answer"))).map_err(net)?;

    // Who has waited since the last session for a number that was granted then.
    app.give_numbers(|| true)?;
    let executor = Arc::new(StoreExecutor::once(app.clone()));
    let engine = engine(app, &identity, connection)?;
    let driver = Driver::for_node(link, engine, executor.clone(), &Pool::new(STORAGE_SLOTS));
    let handle = driver.handle();
    let timer = tokio::spawn(async move {
        tokio::time::sleep_until(deadline).await;
        handle.stop(SessionEnd::TimedOut);
    });
    let report = driver.run().await;
    timer.abort();
    client.wait_idle().await;
    Ok(Session { report, caught_up: executor.caught_up() })
}

/// Whether both sides hold the same, as the last session left it.
fn judge(app: &App, ended: Result<Session, SyncError>) -> Result<bool, SyncError> {
    let Session { report, caught_up } = ended?;
    match report.end {
        SessionClosed::Here(_) => Ok(caught_up),
        SessionClosed::There(source) => {
            let identity = certificate(app)?;
            Err(SyncError::Net { server: server_address(app, &identity), source })
        }
    }
}

/// What Linux says was the most memory this process held; 0 where there is no such file.
fn rss_peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB"));
    peak.and_then(|kib| kib.trim().parse::<u64>().ok()).map_or(0, |kib| kib >> 10)
}
