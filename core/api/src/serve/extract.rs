//! What handlers take out of a request: JSON, parameters, the session's proofs. What was wrong with it is never
//! said: it would repeat what somebody typed.

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use serde::de::DeserializeOwned;

use super::problem::ApiError;
use crate::ErrorCode;

/// The header that proves that a write comes from our own screens.
const CSRF: HeaderName = HeaderName::from_static("x-posto-csrf");

/// The value of the session's `cookie`.
#[must_use]
pub fn session_token<'a>(headers: &'a HeaderMap, cookie: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(cookie)?.strip_prefix('='))
}

/// Lets reads pass, and writes that show the session's own token.
///
/// # Errors
/// [`ErrorCode::CsrfRejected`].
pub fn check_csrf(parts: &Parts, is_the_sessions: impl FnOnce(&[u8]) -> bool) -> Result<(), ErrorCode> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let shown = parts.headers.get(CSRF).map(|value| value.as_bytes()).unwrap_or_default();
    if is_the_sessions(shown) { Ok(()) } else { Err(ErrorCode::CsrfRejected) }
}

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match <axum::Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(ErrorCode::UnsupportedMediaType.into()),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(ErrorCode::PayloadTooLarge.into())
            }
            Err(_) => Err(ErrorCode::InvalidRequest.into()),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, ApiError> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

/// Query parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|_| ErrorCode::InvalidRequest.into())
    }
}
