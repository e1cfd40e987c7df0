//! What surrounds every request: its id, how much may be asked, what the screens may do, one log line.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use posto_api::serve::guard::{self, Policy, Served};
use posto_domain::DocumentId;

use super::Site;
use super::problem::ApiError;

/// Scripts and styles come from the server itself and from nowhere else; nobody may put the console in a frame.
pub(super) const POLICY: Policy = Policy {
    content: "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    permissions: "camera=(), geolocation=(), microphone=()",
};

/// Names the request for whoever writes down what it did.
#[derive(Debug, Clone)]
pub(super) struct Correlation(pub String);

/// Outermost: names the request, writes error bodies, counts, logs.
pub(super) async fn surround(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let correlation_id = site.console.installation.directory.draw::<DocumentId>().to_string();
    request.extensions_mut().insert(Correlation(correlation_id.clone()));
    let (response, served) = guard::surround(&correlation_id, request, next).await;
    let Served { method, route, status, elapsed } = served;
    tracing::debug!(%correlation_id, method, route, status, elapsed_us = elapsed.as_micros() as u64, "request");
    response
}

/// How much one client, and all of them together, may ask.
pub(super) async fn limit(State(site): State<Site>, request: Request, next: Next) -> Response {
    let passed = site.shared.gate.pass(site.now_ms(), request, next).await;
    passed.unwrap_or_else(|wait_s| ApiError::limited(wait_s).into_response())
}
