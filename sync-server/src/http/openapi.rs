//! The OpenAPI document, made from the handlers themselves.

use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;
use posto_api::Problem;
use posto_api::admin::AdminEvent;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Content, Ref, ResponseBuilder};

use super::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Posto sync server",
        description = "The API of the server's console. Writes carry `x-posto-csrf`; every error is `application/problem+json`.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem, AdminEvent)),
    security(("session" = []))
)]
struct Root;

/// The OpenAPI document of the console.
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_page_lists_the_routes_that_there_are_and_no_two_share_a_name() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/API.md");
        let page = std::fs::read_to_string(page).unwrap();
        let (_, page) = page.split_once("# The console's HTTP API").unwrap();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let routes = rows.map(|(route, _)| route.split('?').next().unwrap().to_owned());
        let listed: BTreeSet<String> = routes.filter(|route| route.contains(" /api/")).collect();
        let (mut there, mut names) = (BTreeSet::new(), BTreeSet::new());
        let document = serde_json::to_value(super::document()).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} names {method} {path} and another");
                if path.starts_with("/api/") {
                    there.insert(format!("{} {path}", method.to_uppercase()));
                }
            }
        }
        assert_eq!(listed, there);
    }
}
