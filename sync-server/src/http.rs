//! The console's HTTP side: routes, what surrounds them, and the listener.

mod audit;
mod clinics;
mod events;
mod extract;
mod guard;
mod health;
mod nodes;
mod openapi;
mod problem;
pub mod routes;
mod screens;
mod sessions;
mod users;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use posto_api::Page;
use posto_api::serve::assembly::assembled;
use posto_api::serve::gate::Gate;
use posto_api::serve::health::recorder;
use posto_api::serve::listen;
use posto_api::serve::throttle::Throttle;
use posto_api::serve::tls::TlsAcceptor;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::config::HttpOptions;
use crate::console::{Console, ConsoleError};

pub use openapi::document;

/// Largest body of a request.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Requests at work at once; more are told to come back.
const REQUESTS_AT_ONCE: usize = 256;
/// Requests of one client a second, and in a burst.
const REQUESTS_PER_SECOND: f64 = 50.0;
const REQUESTS_BURST: f64 = 200.0;
/// Sign-ins that one address may try in a burst; one more every three seconds.
const SIGN_INS_BURST: f64 = 20.0;
const SIGN_INS_PER_SECOND: f64 = 1.0 / 3.0;

/// What handlers share.
#[derive(Clone)]
pub struct Site {
    pub(crate) console: Arc<Console>,
    shared: Arc<Shared>,
}

struct Shared {
    gate: Gate,
    sign_ins: Throttle<IpAddr>,
    metrics: PrometheusHandle,
    options: HttpOptions,
    stop: CancellationToken,
}

impl Site {
    pub(crate) fn new(console: Console, options: HttpOptions, stop: CancellationToken) -> Self {
        let shared = Shared {
            gate: Gate {
                requests: Throttle::new(REQUESTS_PER_SECOND, REQUESTS_BURST),
                at_once: Semaphore::new(REQUESTS_AT_ONCE),
                cookie: extract::COOKIE,
                untimed: &[],
            },
            sign_ins: Throttle::new(SIGN_INS_PER_SECOND, SIGN_INS_BURST),
            metrics: recorder(),
            options,
            stop,
        };
        Self { console: Arc::new(console), shared: Arc::new(shared) }
    }

    /// Runs a use case on a thread that may block.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Console) -> Result<T, ConsoleError> + Send + 'static,
    ) -> Result<T, problem::ApiError> {
        let console = Arc::clone(&self.console);
        let result = tokio::task::spawn_blocking(move || work(&console)).await;
        Ok(result.map_err(|_| ConsoleError::Thread)??)
    }

    fn now_ms(&self) -> u64 {
        self.console.now_ms().max(0).cast_unsigned()
    }
}

/// A list that fits one page.
fn page<T>(items: Vec<T>) -> axum::Json<Page<T>> {
    axum::Json(Page { items, next_cursor: None, total: None })
}

/// Serves until the site's token is cancelled.
pub(crate) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, site: Site) {
    let stop = site.shared.stop.clone().cancelled_owned();
    if let Err(error) = listen::serve(listener, tls, router(site), stop).await {
        tracing::error!(error = &error as &dyn std::error::Error, "the console stopped");
    }
}

/// Everything the console answers.
pub fn router(site: Site) -> Router {
    let (routes, _) = routes::table().split_for_parts();
    let routes = routes.route("/openapi.json", get(openapi::serve)).fallback(screens::serve);
    let limits = from_fn_with_state(site.clone(), guard::limit);
    let outermost = from_fn_with_state(site.clone(), guard::surround);
    assembled(routes, BODY_BYTES_MAX, limits, outermost, guard::POLICY).with_state(site)
}
