//! `/api/audit` and `/api/settings`: who saw a record; what the screens must know of the clinic.

use axum::Json as Answer;
use axum::extract::State;
use posto_api::Page;
use posto_api::audit::AuditEntry;
use posto_api::session::Named;
use posto_api::settings::Settings;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Desk;
use super::extract::{Query, SignedIn};
use super::problem::ApiError;
use super::record_views::limit;
use crate::app::PageRequest;
use crate::app::audit::AuditFilter;

/// `?patient=&user=&action=&from=&to=&export=&cursor=&limit=`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAudit {
    /// Only rows about this patient's record.
    patient: Option<String>,
    /// Only what this person did.
    user: Option<String>,
    /// Only this action (`patient.read`); with a dot at the end all that begin so (`break_glass.`).
    action: Option<String>,
    /// RFC 3339: not before.
    from: Option<String>,
    /// RFC 3339: before.
    to: Option<String>,
    /// `true` when the rows are about to leave the building: the trail says `audit.export` then.
    export: Option<bool>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Who did what on this node, newest first. A page may be short while another follows.
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(ListAudit),
    responses((status = 200, body = Page<AuditEntry>), (status = 403)))]
pub(crate) async fn list(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Query(query): Query<ListAudit>,
) -> Result<Answer<Page<AuditEntry>>, ApiError> {
    let page = PageRequest { cursor: query.cursor, limit: limit(query.limit) };
    let period = (query.from.as_deref(), query.to.as_deref());
    let filter = AuditFilter::parse(query.patient.as_deref(), query.user.as_deref(), query.action, period)?
        .export(query.export.unwrap_or_default());
    Ok(Answer(desk.run(move |app| app.list_audit(&signed_in.caller(), &filter, &page)).await?))
}

/// Whom the trail can be filtered by.
#[utoipa::path(get, path = "/api/audit/people", tag = "audit",
    responses((status = 200, body = Page<Named>), (status = 403)))]
pub(crate) async fn people(
    State(desk): State<Desk>,
    signed_in: SignedIn,
) -> Result<Answer<Page<Named>>, ApiError> {
    Ok(Answer(desk.run(move |app| app.audit_people(&signed_in.caller())).await?))
}

/// The clinic as the screens need it.
#[utoipa::path(get, path = "/api/settings", tag = "settings", responses((status = 200, body = Settings)))]
pub(crate) async fn settings(
    State(desk): State<Desk>,
    _signed_in: SignedIn,
) -> Result<Answer<Settings>, ApiError> {
    Ok(Answer(desk.run(|app| app.settings()).await?))
}
