//! `/health`, `/live`, `/ready` and `/metrics`: for whoever watches the process.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use posto_api::ErrorCode;
use posto_api::serve::health::{Health, OK, figures, from_this_machine};

use super::Desk;
use super::extract::Peer;
use super::problem::ApiError;

/// The process runs and its database answers.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = Health)))]
pub(crate) async fn health(State(desk): State<Desk>) -> Result<Json<Health>, ApiError> {
    desk.run(|app| app.check_store()).await?;
    Ok(Json(OK))
}

/// The process runs.
#[utoipa::path(get, path = "/live", tag = "operations", responses((status = 200, body = Health)))]
pub(crate) async fn live() -> Json<Health> {
    Json(OK)
}

/// Requests are welcome. 503 while the node stops.
#[utoipa::path(get, path = "/ready", tag = "operations", responses((status = 200, body = Health), (status = 503)))]
pub(crate) async fn ready(State(desk): State<Desk>) -> Result<Json<Health>, ApiError> {
    if !desk.is_ready() {
        return Err(ErrorCode::NotReady.into());
    }
    desk.run(|app| app.check_store()).await?;
    Ok(Json(OK))
}

/// Figures for Prometheus. From this machine only: they say how busy a clinic is.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, content_type = "text/plain", body = String), (status = 404)))]
pub(crate) async fn metrics(
    State(desk): State<Desk>,
    Peer(address): Peer,
) -> Result<impl IntoResponse, ApiError> {
    from_this_machine(address)?;
    desk.run(|app| app.publish_figures()).await?;
    Ok(figures(&desk.shared.metrics))
}
