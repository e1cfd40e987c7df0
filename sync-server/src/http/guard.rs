//! What surrounds every request: a correlation id, limits, security headers, figures, one log line.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use posto_api::ErrorCode;
use posto_domain::DocumentId;

use super::problem::{self, ApiError};
use super::{Site, extract};

/// The id that joins an answer to its log line and its audit rows.
pub(super) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Requests take at most this long; event streams may last.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Scripts and styles come from the server itself and from nowhere else; nobody may put the console in a frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Who shares one allowance of requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    Session([u8; 16]),
    Address(IpAddr),
}

/// Names the request for whoever writes down what it did.
#[derive(Debug, Clone)]
pub(super) struct Correlation(pub String);

/// Outermost: names the request, writes error bodies, counts, logs.
pub(super) async fn surround(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let correlation_id = site.console.installation.directory.draw::<DocumentId>().to_string();
    request.extensions_mut().insert(Correlation(correlation_id.clone()));
    let method = name_of(request.method());
    // The pattern, never the path itself.
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
pub(super) async fn limit(State(site): State<Site>, request: Request, next: Next) -> Response {
    if let Err(wait_s) = site.shared.requests.take(client(&request), site.now_ms()) {
        return ApiError::limited(wait_s).into_response();
    }
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if route == "/api/events" {
        // A stream lasts for hours and does nothing most of the time.
        return next.run(request).await;
    }
    let Ok(_permit) = site.shared.at_once.try_acquire() else { return ApiError::limited(1).into_response() };
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::from(ErrorCode::Timeout).into_response(),
    }
}

/// The address of the peer; the unspecified one where there is none (in-process tests).
pub(super) fn address(extensions: &axum::http::Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip())
}

fn client(request: &Request) -> Client {
    match extract::session_token(request.headers()) {
        Some(token) => {
            let mut key = [0; 16];
            key.copy_from_slice(&blake3::hash(token.as_bytes()).as_bytes()[..16]);
            Client::Session(key)
        }
        None => Client::Address(address(request.extensions())),
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
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
