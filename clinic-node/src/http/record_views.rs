//! Parameters that several routes share: pages, and moments of the past.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use posto_api::ErrorCode;
use posto_api::patient::ReadPatient;
use posto_documents::AsOf;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Desk;
use super::extract::Query;
use super::problem::ApiError;
use super::version;
use crate::app::PageRequest;

/// Rows of a page unless the client says so, and at most.
const LIMIT: usize = 20;
const LIMIT_MAX: usize = 100;

/// `?cursor=&limit=`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100, 20 if absent.
    limit: Option<u32>,
}

impl From<PageQuery> for PageRequest {
    fn from(query: PageQuery) -> Self {
        Self { cursor: query.cursor, limit: limit(query.limit) }
    }
}

pub(crate) fn limit(wanted: Option<u32>) -> usize {
    wanted.map_or(LIMIT, |limit| limit as usize).clamp(1, LIMIT_MAX)
}

/// `?as_of=`: a time or heads.
#[derive(Debug)]
pub(crate) struct AsOfText(pub(crate) Option<AsOf>);

impl FromRequestParts<Desk> for AsOfText {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, ApiError> {
        let Query(query) = Query::<ReadPatient>::from_request_parts(parts, desk).await?;
        let Some(text) = query.as_of else { return Ok(Self(None)) };
        if let Ok(time) = chrono::DateTime::parse_from_rfc3339(&text) {
            return Ok(Self(Some(AsOf::Time(time.timestamp_millis()))));
        }
        let heads = version::parse(&text).ok_or(ErrorCode::InvalidRequest)?;
        Ok(Self(Some(AsOf::Heads(heads))))
    }
}
