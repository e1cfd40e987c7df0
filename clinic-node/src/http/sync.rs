//! `/api/sync`: how the sync stands, and *Sync now*.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use posto_api::sync::SyncStatus;

use super::Desk;
use super::extract::SignedIn;
use super::problem::ApiError;

/// How this node stands with the server.
#[utoipa::path(get, path = "/api/sync", tag = "sync", responses((status = 200, body = SyncStatus)))]
pub(crate) async fn status(
    State(desk): State<Desk>,
    signed_in: SignedIn,
) -> Result<Answer<SyncStatus>, ApiError> {
    Ok(Answer(desk.run(move |app| app.sync_status(&signed_in.caller())).await?))
}

/// Syncs at once: connects where there is no connection, verifies where there is one.
#[utoipa::path(post, path = "/api/sync/now", tag = "sync", responses((status = 202, body = SyncStatus), (status = 503)))]
pub(crate) async fn now(
    State(desk): State<Desk>,
    signed_in: SignedIn,
) -> Result<(StatusCode, Answer<SyncStatus>), ApiError> {
    Ok((StatusCode::ACCEPTED, Answer(desk.run(move |app| app.sync_now(&signed_in.caller())).await?)))
}
