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
            tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(64).build()?;
        runtime.block_on(async {
            // Before anything answers: whoever stops a node that has just begun finds one that says goodbye and closes.
            let stop = StopSignal::listen()?;
            let node = Node::start(self.common.data(), config, Ports::system()).await?;
            tracing::info!(address = %node.address(), "serving");
            stop.given().await?;
            tracing::info!("stopping");
            node.stop().await;
            anyhow::Ok(())
        })?;
        Ok(Outcome::Done)
    }
}

/// SIGTERM or Ctrl-C, heard from the moment this exists.
struct StopSignal {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

#[cfg(unix)]
impl StopSignal {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { signals: [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?] })
    }

    async fn given(mut self) -> std::io::Result<()> {
        let [terminate, interrupt] = &mut self.signals;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }
}

#[cfg(not(unix))]
impl StopSignal {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    async fn given(self) -> std::io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
