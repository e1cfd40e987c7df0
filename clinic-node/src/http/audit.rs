//! `/api/audit` and `/api/settings`: who saw a record; what the screens must know of the clinic.

use axum::Json as Answer;
use axum::extract::State;
use posto_api::Page;
use posto_api::audit::AuditEntry;
use posto_api::settings::Settings;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Desk;
use super::extract::{Query, SignedIn};
use super::problem::ApiError;
use super::record_views::limit;
use crate::app::PageRequest;

/// `?patient=&cursor=&limit=`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAudit {
    /// Only rows about this patient's record.
    patient: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Who did what on this node, newest first.
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(ListAudit),
    responses((status = 200, body = Page<AuditEntry>), (status = 403)))]
pub(crate) async fn list(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Query(query): Query<ListAudit>,
) -> Result<Answer<Page<AuditEntry>>, ApiError> {
    let page = PageRequest { cursor: query.cursor, limit: limit(query.limit) };
    Ok(Answer(
        desk.run(move |app| app.list_audit(&signed_in.caller(), query.patient.as_deref(), &page)).await?,
    ))
}

/// The clinic as the screens need it.
#[utoipa::path(get, path = "/api/settings", tag = "settings", responses((status = 200, body = Settings)))]
pub(crate) async fn settings(
    State(desk): State<Desk>,
    _signed_in: SignedIn,
) -> Result<Answer<Settings>, ApiError> {
    Ok(Answer(desk.run(|app| app.settings()).await?))
}
