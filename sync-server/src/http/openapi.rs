//! The OpenAPI document, made from the handlers themselves.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use posto_api::admin::AdminEvent;
use posto_api::{Problem, serve};
use utoipa::OpenApi;

use super::{extract, routes};

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
    serve::openapi::document(Root::openapi(), routes, extract::COOKIE)
}

/// `GET /openapi.json`.
pub(super) async fn serve() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str())
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
