//! What handlers take out of a request: the caller, the peer, ids.

use std::net::IpAddr;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use posto_api::ErrorCode;
pub(super) use posto_api::serve::extract::{Json, Query};
use posto_api::serve::extract::{check_csrf, session_token};
use posto_api::serve::gate;

use super::Site;
use super::guard::Correlation;
use super::problem::ApiError;
use crate::console::{Caller, ConsoleError, OpenSession};

/// The session cookie.
pub(super) const COOKIE: &str = "posto_admin_session";

/// A signed-in administrator. On a write the CSRF token was checked.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub session: OpenSession,
    pub caller: Caller,
}

impl FromRequestParts<Site> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ApiError> {
        let token = session_token(&parts.headers, COOKIE).ok_or(ErrorCode::Unauthenticated)?.to_owned();
        let session = site.run(move |console| console.session(&token)).await?;
        check_csrf(parts, |shown| session.csrf_is(shown))?;
        let caller = session.caller(correlation(parts));
        Ok(Self { session, caller })
    }
}

/// The id of the request.
pub(super) fn correlation(parts: &Parts) -> String {
    parts.extensions.get::<Correlation>().map(|id| id.0.clone()).unwrap_or_default()
}

/// Where the request comes from and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub address: IpAddr,
    pub correlation: String,
}

impl FromRequestParts<Site> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, ApiError> {
        Ok(Self { address: gate::address(&parts.extensions), correlation: correlation(parts) })
    }
}

/// An id in a path: what is none names nothing.
pub(crate) fn path_id<T: FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ErrorCode::NotFound.into())
}

/// An id in a body, or which field has none.
pub(crate) fn body_id<T: FromStr>(field: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ConsoleError::field(field, "malformed").into())
}
