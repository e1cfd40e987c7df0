//! A running node: store, API and sync together.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::app::{App, OpenError};
use crate::config::Config;
use crate::control::Control;
use crate::data_dir::DataDir;
use crate::http::{self, Desk, HttpError, Listening};
use crate::ports::Ports;
use crate::replication::KeepUp;

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("the command line could not be given a way to the running node")]
    Control(#[source] std::io::Error),
    #[error("the machine gives no thread")]
    Thread(#[source] std::io::Error),
    #[error("the start was cut short")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// A running node.
#[derive(Debug)]
pub struct Node {
    app: Arc<App>,
    listening: Listening,
    control: Control,
    sweeping: JoinHandle<()>,
    sync: Option<KeepUp>,
}

impl Node {
    /// Opens the data folder, starts answering desks and keeps up with the server.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(data: DataDir, config: Config, ports: Ports) -> Result<Self, StartError> {
        let app = tokio::task::spawn_blocking(move || App::open(data, config, ports)).await??;
        app.start_herald().map_err(StartError::Thread)?;
        app.start_numbering().map_err(StartError::Thread)?;
        // Before the desks are answered: who sees the node ready finds this way open.
        let control = Control::open(app.clone()).await.map_err(StartError::Control)?;
        let listening = http::listen(Desk::new(app.clone())).await?;
        let sync = KeepUp::start(app.clone());
        let swept = app.clone();
        let sweeping = tokio::task::spawn_blocking(move || swept.sweep_files());
        Ok(Self { app, listening, control, sweeping, sync })
    }

    /// Where desks reach it.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// What it does.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Stops: no new requests, those under way are answered, the server hears goodbye, the database closes.
    pub async fn stop(self) {
        self.control.close().await;
        self.listening.stop().await;
        if let Some(sync) = self.sync {
            sync.stop().await;
        }
        // It holds the node, for moments.
        drop(self.sweeping.await);
        let app = self.app;
        // Closing the database copies its log back, which blocks.
        let closing = tokio::task::spawn_blocking(move || {
            app.write_late_rows();
            drop(app);
        });
        if closing.await.is_err() {
            tracing::error!("the database did not close cleanly");
        }
    }
}
