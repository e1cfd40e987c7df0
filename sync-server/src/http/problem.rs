//! Errors as the API answers them: problem+json with a stable code, never an internal message.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use posto_api::error::PROBLEM_JSON;
use posto_api::{ErrorCode, Problem};

use crate::console::ConsoleError;

/// An error answer on its way out. [`finish`] writes it down once the correlation id is at hand.
#[derive(Debug, Clone)]
pub(crate) struct ApiError(Box<Problem>);

impl ApiError {
    pub(crate) fn limited(wait_s: u64) -> Self {
        let mut problem = Problem::new(ErrorCode::RateLimited, "");
        problem.retry_after_s = Some(wait_s);
        Self(Box::new(problem))
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self(Box::new(Problem::new(code, "")))
    }
}

impl From<ConsoleError> for ApiError {
    fn from(error: ConsoleError) -> Self {
        let code = error.code();
        if code.status() >= 500 {
            // The chain names operations, never contents.
            tracing::error!(code = code.as_str(), error = &error as &dyn std::error::Error, "request failed");
        }
        let mut problem = Problem::new(code, "");
        match error {
            ConsoleError::Invalid(fields) => problem.fields = fields,
            ConsoleError::LockedOut { retry_after_s } => problem.retry_after_s = Some(retry_after_s),
            _ => {}
        }
        Self(Box::new(problem))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of an error answer; turns the framework's own refusals into problems too.
pub(super) fn finish(response: Response, correlation_id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let mut problem = match response.extensions().get::<ApiError>() {
        Some(error) => (*error.0).clone(),
        None => Problem::new(code_of(status), ""),
    };
    correlation_id.clone_into(&mut problem.correlation_id);
    let status = StatusCode::from_u16(problem.status).unwrap_or(status);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut answer = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    if let Some(seconds) = problem.retry_after_s {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

fn code_of(status: StatusCode) -> ErrorCode {
    match status {
        StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
        StatusCode::FORBIDDEN => ErrorCode::Forbidden,
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::NotReady,
        status if status.is_client_error() => ErrorCode::InvalidRequest,
        _ => ErrorCode::Internal,
    }
}
