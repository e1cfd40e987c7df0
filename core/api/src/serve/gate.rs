//! How much one client, and all of them together, may ask.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::Extensions;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::extract::session_token;
use super::problem::ApiError;
use super::throttle::Throttle;
use crate::ErrorCode;

/// Requests take at most this long.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The route of live events. A stream lasts for hours and does nothing most of the time.
const EVENTS: &str = "/api/events";

/// Lets requests through as fast as they may come.
#[derive(Debug)]
pub struct Gate {
    /// Requests of one client.
    pub requests: Throttle<Client>,
    /// Requests at work; more are told to come back.
    pub at_once: Semaphore,
    /// The session's cookie.
    pub cookie: &'static str,
    /// Routes whose requests take as long as they take.
    pub untimed: &'static [&'static str],
}

impl Gate {
    /// The answer to a request that may be asked now.
    ///
    /// # Errors
    /// The seconds after which it may be asked again.
    pub async fn pass(&self, now_ms: u64, request: Request, next: Next) -> Result<Response, u64> {
        self.requests.take(client(&request, self.cookie), now_ms)?;
        let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        if route == EVENTS {
            return Ok(next.run(request).await);
        }
        let Ok(_permit) = self.at_once.try_acquire() else { return Err(1) };
        if self.untimed.contains(&route) {
            return Ok(next.run(request).await);
        }
        let answered = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
        Ok(answered.unwrap_or_else(|_| ApiError::from(ErrorCode::Timeout).into_response()))
    }
}

/// Who shares one allowance of requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Client {
    Session([u8; 16]),
    Address(IpAddr),
}

fn client(request: &Request, cookie: &str) -> Client {
    match session_token(request.headers(), cookie) {
        Some(token) => {
            let mut key = [0; 16];
            key.copy_from_slice(&blake3::hash(token.as_bytes()).as_bytes()[..16]);
            Client::Session(key)
        }
        None => Client::Address(address(request.extensions())),
    }
}

/// The address of the peer; the unspecified one where there is none (in-process tests).
#[must_use]
pub fn address(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::http::{StatusCode, header};
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    fn behind(requests: Throttle<Client>, at_once: usize) -> Router {
        let at_once = Semaphore::new(at_once);
        let gate = Arc::new(Gate { requests, at_once, cookie: "session", untimed: &[] });
        let limit = from_fn(move |request, next| {
            let gate = Arc::clone(&gate);
            async move {
                let passed = gate.pass(0, request, next).await;
                passed.unwrap_or_else(|wait_s| {
                    (StatusCode::TOO_MANY_REQUESTS, wait_s.to_string()).into_response()
                })
            }
        });
        Router::new().route("/work", get(|| async {})).route(EVENTS, get(|| async {})).layer(limit)
    }

    async fn passes(router: &Router, path: &str, cookie: &str) -> bool {
        let request =
            Request::builder().uri(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status() == StatusCode::OK
    }

    #[tokio::test]
    async fn each_session_and_each_address_has_an_allowance_of_its_own() {
        let router = behind(Throttle::new(1.0, 2.0), 9);
        for cookies in ["session=a", "other=1; session=b", "another_session=a"] {
            for expected in [true, true, false] {
                assert_eq!(passes(&router, "/work", cookies).await, expected, "{cookies}");
            }
        }
        assert!(!passes(&router, "/work", "").await, "who has no session counts by address");
    }

    #[tokio::test]
    async fn a_full_house_turns_work_away_and_still_lets_screens_listen() {
        let router = behind(Throttle::new(1.0, 9.0), 0);
        assert!(!passes(&router, "/work", "session=a").await);
        assert!(passes(&router, EVENTS, "session=a").await);
        let router = behind(Throttle::new(1.0, 9.0), 1);
        for _ in 0..3 {
            assert!(passes(&router, "/work", "session=a").await, "who was answered makes room");
        }
    }
}
