//! `clinic-node serve`: the node itself.

use std::net::SocketAddr;

use clap::Args;

use super::{Common, Outcome};
use crate::node::Node;
use crate::ports::Ports;
use crate::telemetry;

/// Serves the desks of this clinic, offline or online; syncs when it can. Stops cleanly on SIGTERM and Ctrl-C.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    common: Common,
    /// Where desks reach the node; 127.0.0.1:7410 unless node.toml says otherwise.
    #[arg(long, value_name = "ADDR")]
    http: Option<SocketAddr>,
    /// Stay offline, as if the cable were cut.
    #[arg(long)]
    offline: bool,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let mut config = self.common.config()?;
        if let Some(address) = self.http {
            config.http.listen = address;
        }
        config.sync.disabled |= self.offline;
        config.check()?;
        telemetry::start(&config.log)?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(128).build()?;
        runtime.block_on(async {
            let node = Node::start(self.common.data(), config, Ports::system()).await?;
            tracing::info!(address = %node.address(), "serving");
            stop_signal().await?;
            tracing::info!("stopping");
            node.stop().await;
            anyhow::Ok(())
        })?;
        Ok(Outcome::Done)
    }
}

#[cfg(unix)]
async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stop_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
