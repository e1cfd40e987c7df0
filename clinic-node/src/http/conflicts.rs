//! `/api/conflicts`: fields with competing values, and deciding them.

use axum::Json as Answer;
use axum::extract::State;
use posto_api::Page;
use posto_api::conflict::{Conflict, ResolveConflict, UndoConflict};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Desk;
use super::extract::{Id, Json, Query, SignedIn};
use super::problem::ApiError;
use super::record_views::limit;
use crate::app::PageRequest;
use crate::app::conflicts::{ConflictFilter, ConflictId};

/// `?state=&patient=&cursor=&limit=`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListConflicts {
    /// `open` (if absent) or `resolved`.
    state: Option<String>,
    /// Only those of this patient's record.
    patient: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Fields with competing values, safety-critical ones first.
#[utoipa::path(get, path = "/api/conflicts", tag = "conflicts", params(ListConflicts),
    responses((status = 200, body = Page<Conflict>)))]
pub(crate) async fn list(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Query(query): Query<ListConflicts>,
) -> Result<Answer<Page<Conflict>>, ApiError> {
    let page = PageRequest { cursor: query.cursor, limit: limit(query.limit) };
    let filter = ConflictFilter::parse(query.state.as_deref(), query.patient.as_deref())?;
    Ok(Answer(desk.run(move |app| app.list_conflicts(&signed_in.0, &filter, &page)).await?))
}

/// One of them.
#[utoipa::path(get, path = "/api/conflicts/{id}", tag = "conflicts", params(("id" = String, Path)),
    responses((status = 200, body = Conflict), (status = 404)))]
pub(crate) async fn read(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<ConflictId>,
) -> Result<Answer<Conflict>, ApiError> {
    Ok(Answer(desk.run(move |app| app.read_conflict(&signed_in.0, id)).await?))
}

/// Decides: one of the values, or another one.
#[utoipa::path(post, path = "/api/conflicts/{id}/resolve", tag = "conflicts", params(("id" = String, Path)),
    request_body = ResolveConflict, responses((status = 200, body = Conflict), (status = 409), (status = 422)))]
pub(crate) async fn resolve(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<ConflictId>,
    Json(body): Json<ResolveConflict>,
) -> Result<Answer<Conflict>, ApiError> {
    Ok(Answer(desk.run(move |app| app.resolve_conflict(&signed_in.0, id, body)).await?))
}

/// Takes a decision of this session back: another of the values becomes the record's, as a new edit.
#[utoipa::path(post, path = "/api/conflicts/{id}/undo", tag = "conflicts", params(("id" = String, Path)),
    request_body = UndoConflict, responses((status = 200, body = Conflict), (status = 409), (status = 422)))]
pub(crate) async fn undo(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<ConflictId>,
    Json(body): Json<UndoConflict>,
) -> Result<Answer<Conflict>, ApiError> {
    Ok(Answer(desk.run(move |app| app.undo_conflict(&signed_in.0, id, &body)).await?))
}
