//! What surrounds every request: a correlation id, limits, security headers, figures, one log line.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use posto_api::ErrorCode;
use posto_domain::DocumentId;

use super::problem::{self, ApiError};
use super::{Desk, extract};

/// The id that joins an answer to its log line.
pub(super) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Requests take at most this long; uploads and event streams may take longer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Scripts and styles come from the node itself and from nowhere else; nobody may put the screens in a frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Who shares one allowance of requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    Session([u8; 16]),
    Address(IpAddr),
}

/// Outermost: names the request, writes error bodies, counts, logs.
pub(super) async fn surround(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let correlation_id = desk.app.pen.id::<DocumentId>().to_string();
    let method = name_of(request.method());
    // The pattern, never the path itself: paths hold ids, queries hold names.
    let route = request.extensions().get::<MatchedPath>().map_or("screens", MatchedPath::as_str).to_owned();
    let mut response = problem::finish(next.run(request).await, &correlation_id);
    if let Ok(value) = HeaderValue::from_str(&correlation_id) {
        response.headers_mut().insert(CORRELATION_ID, value);
    }
    let status = response.status().as_u16();
    let elapsed = begun.elapsed();
    tracing::debug!(%correlation_id, method, route, status, elapsed_us = elapsed.as_micros() as u64, "request");
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("posto_http_requests_total", &labels).increment(1);
    metrics::histogram!("posto_http_request_seconds", &labels[..2]).record(elapsed.as_secs_f64());
    response
}

/// A method as logs and figures name it. Clients may invent methods, with anything in them and without end.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// How much one client, and all of them together, may ask.
pub(super) async fn limit(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    if request.headers().get(header::CONTENT_LENGTH).is_none()
        && request.headers().contains_key(header::TRANSFER_ENCODING)
        && matches!(*request.method(), Method::GET | Method::HEAD)
    {
        return ApiError::new(ErrorCode::InvalidRequest).into_response();
    }
    let client = client(request.headers(), address(&request));
    if let Err(wait_s) = desk.shared.requests.take(client, desk.app.pen.now_ms()) {
        return limited(wait_s);
    }
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if route == "/api/events" {
        // A stream lasts for hours and does nothing most of the time.
        return next.run(request).await;
    }
    let Ok(_permit) = desk.shared.at_once.try_acquire() else { return limited(1) };
    if route == "/api/attachments/{id}/content" {
        return next.run(request).await;
    }
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(ErrorCode::Timeout).into_response(),
    }
}

fn limited(wait_s: u64) -> Response {
    let mut response = ApiError::new(ErrorCode::RateLimited).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    response
}

/// The address of the peer; the unspecified one where there is none (in-process tests).
pub(super) fn address(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip())
}

fn client(headers: &HeaderMap, address: IpAddr) -> Client {
    match extract::session_token(headers) {
        Some(token) => {
            let mut key = [0; 16];
            key.copy_from_slice(&blake3::hash(token.as_bytes()).as_bytes()[..16]);
            Client::Session(key)
        }
        None => Client::Address(address),
    }
}

/// Headers that every answer has.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
