//! What the OpenAPI documents of both APIs say alike.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, ResponseBuilder};

use crate::error::PROBLEM_JSON;

/// The document of `routes` under its `root`, with the session's cookie, the answer to every error, and names of
/// operations that are good in the whole document.
#[must_use]
pub fn document(mut root: OpenApi, routes: OpenApi, cookie: &str) -> OpenApi {
    root.merge(routes);
    if let Some(components) = &mut root.components {
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie)));
        components.add_security_scheme("session", cookie);
    }
    let problem = ResponseBuilder::new()
        .description("What went wrong, with a stable code")
        .content(PROBLEM_JSON, Content::new(Some(Ref::from_schema_name("Problem"))))
        .build();
    for item in root.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), problem.clone().into());
            // A handler's name is good within its area; clients need one that is good in the whole document.
            if let (Some(id), Some(area)) =
                (&mut operation.operation_id, operation.tags.iter().flatten().next())
            {
                *id = format!("{area}_{id}");
            }
        }
    }
    root
}
