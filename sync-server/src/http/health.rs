//! `/health`, `/live`, `/ready` and `/metrics`: for whoever watches the process.

use std::sync::OnceLock;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use posto_api::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Site;
use super::extract::Peer;
use super::problem::ApiError;

/// The answer of a probe.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Bounds of the histograms, seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The recorder of this process; servers of one process (tests) share it.
pub(super) fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let handle = HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
            .unwrap_or_else(|_| PrometheusBuilder::new())
            .build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::debug!("another recorder was there first");
        }
        handle
    });
    handle.clone()
}

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
    if !(peer.address.is_loopback() || peer.address.is_unspecified()) {
        return Err(ErrorCode::NotFound.into());
    }
    site.run(|console| console.publish_figures()).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], site.shared.metrics.render()))
}
