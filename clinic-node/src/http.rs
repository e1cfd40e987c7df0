//! The node's HTTP API and the screens: routes, what surrounds them, and the listener.

mod assembly;
mod attachments;
mod audit;
mod conflicts;
mod events;
mod extract;
mod guard;
mod health;
mod listen;
mod openapi;
mod patients;
mod problem;
mod record_views;
pub mod routes;
mod screens;
mod sessions;
mod sync;
mod version;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use metrics_exporter_prometheus::PrometheusHandle;
use posto_api::serve::gate::Gate;
use posto_api::serve::health::recorder;
use posto_api::serve::throttle::Throttle;
use tokio::sync::{Semaphore, watch};

use crate::app::{App, AppResult};

pub use assembly::router;
pub use listen::{HttpError, Listening, listen};
pub use openapi::document;

/// What handlers share.
#[derive(Clone)]
pub struct Desk {
    pub(crate) app: Arc<App>,
    pub(crate) shared: Arc<Shared>,
}

/// The HTTP side's own state.
pub(crate) struct Shared {
    ready: AtomicBool,
    gate: Gate,
    sign_ins: Throttle<std::net::IpAddr>,
    metrics: PrometheusHandle,
    /// Becomes true when the node stops: event streams end then, so that the rest can.
    stopping: watch::Sender<bool>,
    /// Whether cookies may only travel over TLS.
    tls: bool,
}

/// Sign-ins that one address may try in a burst; one more every three seconds.
const SIGN_INS_BURST: f64 = 20.0;
const SIGN_INS_PER_SECOND: f64 = 1.0 / 3.0;

impl Desk {
    /// The HTTP side of an open node.
    pub fn new(app: Arc<App>) -> Self {
        let limits = &app.config.limits;
        let per_second = f64::from(limits.requests_per_second.max(1));
        let shared = Shared {
            ready: AtomicBool::new(true),
            gate: Gate {
                requests: Throttle::new(per_second, per_second * 2.0),
                at_once: Semaphore::new(limits.requests_at_once.max(1)),
                cookie: extract::COOKIE,
                untimed: guard::UNTIMED,
            },
            sign_ins: Throttle::new(SIGN_INS_PER_SECOND, SIGN_INS_BURST),
            metrics: recorder(),
            stopping: watch::Sender::new(false),
            tls: app.config.http.tls_certificate.is_some(),
        };
        Self { app, shared: Arc::new(shared) }
    }

    /// Runs a use case on a thread that may block.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> AppResult<T> + Send + 'static,
    ) -> Result<T, problem::ApiError> {
        let app = self.app.clone();
        let result = tokio::task::spawn_blocking(move || work(&app)).await;
        Ok(result.map_err(crate::app::AppError::from)??)
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.shared.ready.load(Ordering::Relaxed)
    }

    /// From now on `/ready` says no and event streams end.
    pub(crate) fn stop(&self) {
        self.shared.ready.store(false, Ordering::Relaxed);
        self.shared.stopping.send_replace(true);
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}
