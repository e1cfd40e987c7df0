//! The table of contents of the API. Each line is one path; `docs/API.md` lists the same.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Desk, attachments, audit, conflicts, events, health, patients, sessions, sync};

/// Every route of the API with its description.
pub fn table() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(sessions::sign_in, sessions::current, sessions::sign_out))
        .routes(routes!(sessions::switch_by_pin, sessions::set_pin))
        .routes(routes!(sessions::switchable))
        .routes(routes!(patients::find, patients::register))
        .routes(routes!(patients::duplicates))
        .routes(routes!(patients::read, patients::edit))
        .routes(routes!(patients::history))
        .routes(routes!(patients::timeline))
        .routes(routes!(patients::merge))
        .routes(routes!(patients::unmerge))
        .routes(routes!(patients::break_glass))
        .routes(routes!(patients::photo))
        .routes(routes!(conflicts::list))
        .routes(routes!(conflicts::read))
        .routes(routes!(conflicts::resolve))
        .routes(routes!(conflicts::undo))
        .routes(routes!(attachments::list, attachments::start))
        .routes(routes!(attachments::read, attachments::delete))
        .routes(routes!(attachments::download, attachments::upload))
        .routes(routes!(attachments::preview))
        .routes(routes!(sync::status))
        .routes(routes!(sync::now))
        .routes(routes!(events::stream))
        .routes(routes!(audit::list))
        .routes(routes!(audit::people))
        .routes(routes!(audit::settings))
        .routes(routes!(health::health))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}
