//! What handlers take out of a request: the caller, JSON, heads, pages.

use std::net::{IpAddr, SocketAddr};

use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use posto_api::ErrorCode;
use serde::de::DeserializeOwned;

use super::Desk;
use super::problem::ApiError;
use crate::app::Caller;
use crate::app::sessions::OpenSession;

/// The session cookie.
pub(super) const COOKIE: &str = "posto_session";
/// The header that proves that a write comes from our own screens.
pub(super) const CSRF: HeaderName = HeaderName::from_static("x-posto-csrf");

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
        let token = session_token(&parts.headers).ok_or(ErrorCode::Unauthenticated)?.to_owned();
        let session = match desk.app.cached_session(&token) {
            Some(session) => session,
            None => desk.run(move |app| app.session(&token)).await?,
        };
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            let shown = parts.headers.get(CSRF).map(|value| value.as_bytes()).unwrap_or_default();
            if !session.csrf_is(shown) {
                return Err(ErrorCode::CsrfRejected.into());
            }
        }
        Ok(Self(session))
    }
}

/// The session cookie's value.
pub(super) fn session_token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Where the request comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl FromRequestParts<Desk> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Desk) -> Result<Self, ApiError> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip())))
    }
}

/// A JSON body. What the parser found wrong is never said: it would repeat what somebody typed.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Desk> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, desk).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(ErrorCode::UnsupportedMediaType.into()),
            Err(rejection) if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Err(ErrorCode::PayloadTooLarge.into())
            }
            Err(_) => Err(ErrorCode::InvalidRequest.into()),
        }
    }
}

/// Query parameters; like [`Json`], without repeating them in the error.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Desk> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Desk) -> Result<Self, ApiError> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|_| ErrorCode::InvalidRequest.into())
    }
}

/// An id in the path. Something that is no id names nothing.
#[derive(Debug)]
pub(crate) struct Id<I>(pub(crate) I);

impl<I: std::str::FromStr> FromRequestParts<Desk> for Id<I> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, ApiError> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, desk).await;
        let id = path.ok().and_then(|axum::extract::Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| ErrorCode::NotFound.into())
    }
}
