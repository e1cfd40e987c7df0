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
