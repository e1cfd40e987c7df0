//! What surrounds every request: its id, how much may be asked, what the screens may do, one log line.

use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use posto_api::ErrorCode;
use posto_api::serve::guard::{self, Policy, Served};
use posto_domain::DocumentId;

use super::Desk;
use super::problem::ApiError;

/// Routes whose requests take as long as they take: pieces of attachments.
pub(super) const UNTIMED: &[&str] = &["/api/attachments/{id}/content"];

/// Scripts and styles come from the node itself and from nowhere else; nobody may put the screens in a frame. The screens
/// show one kind of the node's own answers in a frame: PDFs among the files.
pub(super) const POLICY: Policy = Policy {
    content: "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    permissions: "camera=(self), geolocation=(), microphone=()",
};

/// Outermost: names the request, writes error bodies, counts, logs.
pub(super) async fn surround(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let correlation_id = desk.app.pen.id::<DocumentId>().to_string();
    let (response, served) = guard::surround(&correlation_id, request, next).await;
    let Served { method, route, status, elapsed } = served;
    tracing::debug!(%correlation_id, method, route, status, elapsed_us = elapsed.as_micros() as u64, "request");
    response
}

/// How much one client, and all of them together, may ask.
pub(super) async fn limit(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    if request.headers().get(header::CONTENT_LENGTH).is_none()
        && request.headers().contains_key(header::TRANSFER_ENCODING)
        && matches!(*request.method(), Method::GET | Method::HEAD)
    {
        return ApiError::from(ErrorCode::InvalidRequest).into_response();
    }
    let passed = desk.shared.gate.pass(desk.app.pen.now_ms(), request, next).await;
    passed.unwrap_or_else(|wait_s| ApiError::limited(wait_s).into_response())
}
