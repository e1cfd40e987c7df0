//! The OpenAPI document, made from the handlers themselves.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use posto_api::event::LiveEvent;
use posto_api::patient_record::PatientRecord;
use posto_api::{Problem, serve};
use utoipa::OpenApi;

use super::{extract, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Posto clinic node",
        description = "The API of a clinic's node. Writes carry `x-posto-csrf`; every error is `application/problem+json`.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem, LiveEvent, PatientRecord)),
    security(("session" = []))
)]
struct Root;

/// The OpenAPI document of the node.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, routes) = routes::table().split_for_parts();
    serve::openapi::document(Root::openapi(), routes, extract::COOKIE)
}

/// `GET /openapi.json`.
pub(super) async fn serve() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str())
}
