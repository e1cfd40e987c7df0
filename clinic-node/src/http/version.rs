//! Heads as `ETag` and `If-Match`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use posto_api::ErrorCode;
use posto_documents::ChangeHash;

use super::Desk;
use super::problem::ApiError;

/// Heads that one request may name: more than a record ever has.
const HEADS_MAX: usize = 64;

/// The heads that the client saw, from `If-Match`.
#[derive(Debug)]
pub(crate) struct SeenHeads(pub(crate) Vec<ChangeHash>);

impl FromRequestParts<Desk> for SeenHeads {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Desk) -> Result<Self, ApiError> {
        let value = parts.headers.get(header::IF_MATCH).ok_or(ErrorCode::HeadsRequired)?;
        let text = value.to_str().map_err(|_| ErrorCode::InvalidRequest)?;
        parse(text).map(Self).ok_or_else(|| ErrorCode::InvalidRequest.into())
    }
}

/// Heads joined by commas, in quotes or not, as the `ETag` has them.
pub(crate) fn parse(text: &str) -> Option<Vec<ChangeHash>> {
    let text = text.trim().trim_start_matches("W/").trim_matches('"');
    let heads: Vec<ChangeHash> =
        text.split(',').map(|head| head.trim().parse().ok()).collect::<Option<_>>()?;
    (heads.len() <= HEADS_MAX).then_some(heads)
}

/// The `ETag` of heads.
pub(crate) fn etag(heads: &[String]) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{}\"", heads.join(","))).unwrap_or(HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_read_back() {
        let heads = vec![ChangeHash([1; 32]), ChangeHash([0xfe; 32])];
        let texts: Vec<String> = heads.iter().map(ToString::to_string).collect();
        assert_eq!(parse(etag(&texts).to_str().unwrap()), Some(heads));
        for bad in ["", "\"\"", "*", "\"zz\"", "01,"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
