//! `serve`: the running server.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::Data;
use crate::clock::Clock;
use crate::config::ServerConfig;
use crate::{Server, telemetry};

/// Arguments of `serve`.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    data: Data,
    /// Where nodes connect (UDP); default 0.0.0.0:7443
    #[arg(long, value_name = "ADDR", env = "POSTO_QUIC")]
    quic: Option<SocketAddr>,
    /// Where the console is (TCP); default 127.0.0.1:7080
    #[arg(long, value_name = "ADDR", env = "POSTO_HTTP")]
    http: Option<SocketAddr>,
}

/// Threads for storage and passwords. Each keeps some of the memory that it once needed for a batch, so more than can be
/// busy at once (storage requests of nodes are limited to fewer) would only cost memory.
const BLOCKING_THREADS_MAX: usize = 16;

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        telemetry::start()?;
        let config = ServerConfig::load(self.data.folder(), self.quic, self.http)?;
        config.data.require()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS_MAX)
            .build()
            .context("start the runtime")?;
        runtime.block_on(async {
            let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
            let server = Server::start(config, Clock::system()).await?;
            println!(
                "Nodes connect to {} (QUIC). The console is at http://{}",
                server.quic_address(),
                server.http_address()
            );
            tokio::select! {
                _ = terminate.recv() => {}
                interrupted = tokio::signal::ctrl_c() => interrupted.context("listen for Ctrl-C")?,
            }
            server.stop().await;
            Ok(())
        })
    }
}
