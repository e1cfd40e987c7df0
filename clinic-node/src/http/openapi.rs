//! The OpenAPI document, made from the handlers themselves.

use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;
use posto_api::Problem;
use posto_api::event::LiveEvent;
use posto_api::patient_record::PatientRecord;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Content, Ref, ResponseBuilder};

use super::routes;

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
    let mut document = Root::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.merge(routes);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(super::extract::COOKIE)));
    if let Some(components) = &mut document.components {
        components.add_security_scheme("session", cookie);
    }
    let problem = || {
        ResponseBuilder::new()
            .description("What went wrong, with a stable code")
            .content(posto_api::error::PROBLEM_JSON, Content::new(Some(Ref::from_schema_name("Problem"))))
            .build()
    };
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), problem().into());
            // A handler's name is good within its area; clients need one that is good in the whole document.
            if let (Some(id), Some(area)) =
                (&mut operation.operation_id, operation.tags.iter().flatten().next())
            {
                *id = format!("{area}_{id}");
            }
        }
    }
    document
}

/// `GET /openapi.json`.
pub(super) async fn serve() -> impl IntoResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], text.as_str())
}
