//! The table of contents of the console's API. Each line is one path; `docs/API.md` lists the same.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Site, audit, clinics, events, health, nodes, sessions, users};

/// Every route of the API with its description.
pub fn table() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(sessions::sign_in, sessions::current, sessions::sign_out))
        .routes(routes!(clinics::list, clinics::create))
        .routes(routes!(clinics::create_location))
        .routes(routes!(clinics::draw_code))
        .routes(routes!(users::list, users::create))
        .routes(routes!(nodes::list))
        .routes(routes!(nodes::revoke))
        .routes(routes!(nodes::refusals))
        .routes(routes!(events::stream))
        .routes(routes!(audit::list))
        .routes(routes!(health::health))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}
