//! `/api/audit`.

use axum::Json as Answer;
use axum::extract::State;
use posto_api::Page;
use posto_api::admin::AdminAuditRow;
use serde::Deserialize;

use super::Site;
use super::extract::{Query, SignedIn};
use super::problem::ApiError;
use crate::console::AUDIT_PAGE_ROWS;

#[derive(Debug, Deserialize)]
pub(crate) struct Start {
    cursor: Option<i64>,
}

/// The server's audit trail, newest first.
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(("cursor" = Option<i64>, Query)),
    responses((status = 200, body = Page<AdminAuditRow>)))]
pub(crate) async fn list(
    State(site): State<Site>,
    by: SignedIn,
    Query(start): Query<Start>,
) -> Result<Answer<Page<AdminAuditRow>>, ApiError> {
    let items = site.run(move |console| console.trail(&by.caller, start.cursor)).await?;
    let full = items.len() >= AUDIT_PAGE_ROWS as usize;
    let next_cursor = items.last().filter(|_| full).map(|row| row.id.to_string());
    Ok(Answer(Page { items, next_cursor, total: None }))
}
