//! What handlers take out of a request: the caller, JSON, ids.

use std::net::IpAddr;
use std::str::FromStr;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use posto_api::ErrorCode;
use serde::de::DeserializeOwned;

use super::Site;
use super::guard::{self, Correlation};
use super::problem::ApiError;
use crate::console::{Caller, ConsoleError, OpenSession};

/// The session cookie.
pub(super) const COOKIE: &str = "posto_admin_session";
/// The header that proves that a write comes from our own screens.
const CSRF: HeaderName = HeaderName::from_static("x-posto-csrf");

/// A signed-in administrator. On a write the CSRF token was checked.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub session: OpenSession,
    pub caller: Caller,
}

impl FromRequestParts<Site> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ApiError> {
        let token = session_token(&parts.headers).ok_or(ErrorCode::Unauthenticated)?.to_owned();
        let session = site.run(move |console| console.session(&token)).await?;
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            let shown = parts.headers.get(CSRF).map(|value| value.as_bytes()).unwrap_or_default();
            if !session.csrf_is(shown) {
                return Err(ErrorCode::CsrfRejected.into());
            }
        }
        let caller = session.caller(correlation(parts));
        Ok(Self { session, caller })
    }
}

/// The id of the request.
pub(super) fn correlation(parts: &Parts) -> String {
    parts.extensions.get::<Correlation>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The session cookie's value.
pub(super) fn session_token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
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
        Ok(Self { address: guard::address(&parts.extensions), correlation: correlation(parts) })
    }
}

/// A JSON body. What the parser found wrong is never said: it would repeat what somebody typed.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Site> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, site: &Site) -> Result<Self, ApiError> {
        match <axum::Json<T> as FromRequest<Site>>::from_request(request, site).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(ErrorCode::UnsupportedMediaType.into()),
            Err(rejection) if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Err(ErrorCode::PayloadTooLarge.into())
            }
            Err(_) => Err(ErrorCode::InvalidRequest.into()),
        }
    }
}

impl<T: DeserializeOwned> OptionalFromRequest<Site> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, site: &Site) -> Result<Option<Self>, ApiError> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<Site>>::from_request(request, site).await.map(Some)
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
