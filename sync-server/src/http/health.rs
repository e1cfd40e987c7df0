//! `/health`, `/live`, `/ready` and `/metrics`: for whoever watches the process.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use posto_api::ErrorCode;
use posto_api::serve::health::{Health, OK, figures, from_this_machine};

use super::Site;
use super::extract::Peer;
use super::problem::ApiError;

/// The process runs and its database answers.
#[utoipa::path(get, path = "/health", tag = "operations", security(()), responses((status = 200, body = Health)))]
pub(crate) async fn health(State(site): State<Site>) -> Result<Json<Health>, ApiError> {
    site.run(|console| console.check_database()).await?;
    Ok(Json(OK))
}

/// The process runs.
#[utoipa::path(get, path = "/live", tag = "operations", security(()), responses((status = 200, body = Health)))]
pub(crate) async fn live() -> Json<Health> {
    Json(OK)
}

/// Requests are welcome. 503 while the server stops.
#[utoipa::path(get, path = "/ready", tag = "operations", security(()),
    responses((status = 200, body = Health), (status = 503)))]
pub(crate) async fn ready(State(site): State<Site>) -> Result<Json<Health>, ApiError> {
    if site.shared.stop.is_cancelled() {
        return Err(ErrorCode::NotReady.into());
    }
    site.run(|console| console.check_database()).await?;
    Ok(Json(OK))
}

/// Figures for Prometheus. From this machine only.
#[utoipa::path(get, path = "/metrics", tag = "operations", security(()),
    responses((status = 200, content_type = "text/plain", body = String), (status = 404)))]
pub(crate) async fn metrics(State(site): State<Site>, peer: Peer) -> Result<impl IntoResponse, ApiError> {
    from_this_machine(peer.address)?;
    site.run(|console| console.publish_figures()).await?;
    Ok(figures(&site.shared.metrics))
}
