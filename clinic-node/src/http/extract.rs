//! What handlers take out of a request: the caller, the peer, ids.

use std::net::IpAddr;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use posto_api::ErrorCode;
pub(super) use posto_api::serve::extract::{Json, Query};
use posto_api::serve::extract::{check_csrf, session_token};
use posto_api::serve::gate;

use super::Desk;
use super::problem::ApiError;
use crate::app::Caller;
use crate::app::sessions::OpenSession;

/// The session cookie.
pub(super) const COOKIE: &str = "posto_session";

/// A signed-in person. On a write the CSRF token was checked.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(pub(crate) OpenSession);

impl SignedIn {
    pub(crate) fn caller(&self) -> Caller {
        self.0.caller.clone()
    }
}

impl FromRequestParts<Desk> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, ApiError> {
        let token = session_token(&parts.headers, COOKIE).ok_or(ErrorCode::Unauthenticated)?.to_owned();
        let session = match desk.app.cached_session(&token) {
            Some(session) => session,
            None => desk.run(move |app| app.session(&token)).await?,
        };
        check_csrf(parts, |shown| session.csrf_is(shown))?;
        Ok(Self(session))
    }
}

/// Where the request comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl FromRequestParts<Desk> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Desk) -> Result<Self, ApiError> {
        Ok(Self(gate::address(&parts.extensions)))
    }
}

/// An id in the path. Something that is no id names nothing.
#[derive(Debug)]
pub(crate) struct Id<I>(pub(crate) I);

impl<I: FromStr> FromRequestParts<Desk> for Id<I> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, ApiError> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, desk).await;
        let id = path.ok().and_then(|axum::extract::Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| ErrorCode::NotFound.into())
    }
}
