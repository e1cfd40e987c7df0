//! The console: the admin API, the page that uses it, and what machines ask about the server's health.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::config::HttpOptions;
use crate::health::Health;
use crate::hub::Hub;
use crate::installation::Installation;
use crate::storage::DbError;

/// Why the console could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    #[error("the policies cannot be used")]
    Policies(#[from] posto_domain::policy::PolicyError),
}

/// What handlers share.
#[derive(Clone)]
pub(crate) struct Console {
    pub installation: Arc<Installation>,
    pub hub: Arc<Hub>,
    pub health: Arc<Health>,
    /// Makes the watcher look at once.
    pub nudge: Arc<Notify>,
    pub options: HttpOptions,
}

impl Console {
    pub(crate) fn new(
        installation: Installation,
        hub: Arc<Hub>,
        health: Arc<Health>,
        nudge: Arc<Notify>,
        options: HttpOptions,
    ) -> Result<Self, ConsoleError> {
        Ok(Self { installation: Arc::new(installation), hub, health, nudge, options })
    }
}

/// Serves until `stop`.
pub(crate) async fn serve(listener: TcpListener, console: Console, stop: CancellationToken) {
    let served = axum::serve(listener, router(console)).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!(error = &error as &dyn std::error::Error, "the console stopped");
    }
}

fn router(console: Console) -> Router {
    Router::new()
        .route("/live", get(async || StatusCode::NO_CONTENT))
        .route("/ready", get(ready))
        .with_state(console)
}

async fn ready(State(console): State<Console>) -> StatusCode {
    let answers =
        console.hub.db.read::<_, DbError, _>(|tx| tx.row("one", "SELECT 1", &[], |row| row.int(0))).await;
    if answers.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
