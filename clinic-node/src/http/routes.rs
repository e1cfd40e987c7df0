//! The table of contents of the API. Each line is one path; `docs/API.md` lists the same.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Desk, audit, events, health, sessions, sync};

/// Every route of the API with its description.
pub fn table() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(sessions::sign_in, sessions::current, sessions::sign_out))
        .routes(routes!(sessions::switch_by_pin, sessions::set_pin))
        .routes(routes!(sessions::switchable))
        //A        .routes(routes!(patients::find, patients::register))
        //A        .routes(routes!(patients::duplicates))
        //A        .routes(routes!(patients::read, patients::edit))
        //A        .routes(routes!(patients::history))
        //A        .routes(routes!(patients::timeline))
        //A        .routes(routes!(patients::merge))
        //A        .routes(routes!(patients::unmerge))
        //A        .routes(routes!(conflicts::list))
        //A        .routes(routes!(conflicts::read))
        //A        .routes(routes!(conflicts::resolve))
        //A        .routes(routes!(attachments::list, attachments::start))
        //A        .routes(routes!(attachments::read, attachments::delete))
        //A        .routes(routes!(attachments::download, attachments::upload))
        //A        .routes(routes!(attachments::preview))
        .routes(routes!(sync::status))
        .routes(routes!(sync::now))
        .routes(routes!(events::stream))
        .routes(routes!(audit::list))
        .routes(routes!(audit::settings))
        .routes(routes!(health::health))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}
