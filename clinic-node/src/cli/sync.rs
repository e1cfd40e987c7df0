//! `clinic-node sync --once`: one catch-up without serving.

use clap::Args;
use posto_api::sync::SyncReport;

use super::{Common, Outcome, outcome};
use crate::replication;

/// Catches up with the server once, without serving: sends what waits, receives what is new, compares.
#[derive(Debug, Args)]
#[command(after_help = "\
The JSON report: changes_sent, changes_received, protocol_bytes_sent and protocol_bytes_received (inside QUIC),
udp_bytes_sent and udp_bytes_received (all datagrams, handshake included), round_trips (after the handshake),
elapsed_ms (until durable on both sides), current_ms (until read models hold it too), rss_peak_mib, in_sync.

Exit codes: 0 both sides hold the same, 1 failed, 2 wrong arguments, 3 data folder, 4 not in sync or no connection")]
pub(super) struct Sync {
    #[command(flatten)]
    common: Common,
    /// One catch-up, then exit. (Continuous sync is part of `serve`.)
    #[arg(long, required = true)]
    once: bool,
    /// Give up after this many seconds; until then a connection that is lost is made again.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
}

impl Sync {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        debug_assert!(self.once, "clap requires it");
        let app = self.common.open()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let limit = std::time::Duration::from_secs(self.timeout);
        let report = runtime.block_on(replication::once(&app, limit))?;
        outcome::print(self.common.json, &report, words)?;
        Ok(if report.in_sync { Outcome::Done } else { Outcome::NotInSync })
    }
}

fn words(report: &SyncReport) -> String {
    let state = if report.in_sync { "In sync" } else { "Not in sync yet" };
    format!(
        "{state}: {} changes sent, {} received in {} ms\n{} bytes of protocol, {} bytes on the wire, {} round trips",
        report.changes_sent,
        report.changes_received,
        report.elapsed_ms,
        report.protocol_bytes_sent + report.protocol_bytes_received,
        report.udp_bytes_sent + report.udp_bytes_received,
        report.round_trips,
    )
}
