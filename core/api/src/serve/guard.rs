//! What surrounds every request: a correlation id, error bodies, figures, security headers.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::problem;

/// The id that joins an answer to its log line and its audit rows.
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// A request and how it went, as a log line may say it.
#[derive(Debug)]
pub struct Served {
    pub method: &'static str,
    /// The pattern, never the path itself: paths hold ids, queries hold names.
    pub route: String,
    pub status: u16,
    pub elapsed: Duration,
}

/// Outermost: names the request, writes error bodies, counts.
pub async fn surround(correlation_id: &str, request: Request, next: Next) -> (Response, Served) {
    let begun = Instant::now();
    let method = name_of(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("screens", MatchedPath::as_str).to_owned();
    let mut response = problem::finish(next.run(request).await, correlation_id);
    if let Ok(value) = HeaderValue::from_str(correlation_id) {
        response.headers_mut().insert(CORRELATION_ID, value);
    }
    let status = response.status().as_u16();
    let elapsed = begun.elapsed();
    let labels = [("method", method.to_owned()), ("route", route.clone()), ("status", status.to_string())];
    metrics::counter!("posto_http_requests_total", &labels).increment(1);
    metrics::histogram!("posto_http_request_seconds", &labels[..2]).record(elapsed.as_secs_f64());
    (response, Served { method, route, status, elapsed })
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

/// What the screens of a program may do in a browser.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// `content-security-policy`, unless the answer brings its own.
    pub content: &'static str,
    /// `permissions-policy`.
    pub permissions: &'static str,
}

/// Headers that every answer has.
pub async fn headers(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy.content),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), policy.permissions),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
