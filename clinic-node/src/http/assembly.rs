//! The routes with everything around them.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use posto_api::serve::assembly::assembled;

use super::{Desk, guard, openapi, routes, screens};

/// Largest body of an ordinary request. Pieces of attachments have a limit of their own.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Everything the node answers.
pub fn router(desk: Desk) -> Router {
    let (routes, _) = routes::table().split_for_parts();
    let routes = routes.route("/openapi.json", get(openapi::serve)).fallback(screens::serve);
    let limits = from_fn_with_state(desk.clone(), guard::limit);
    let outermost = from_fn_with_state(desk.clone(), guard::surround);
    assembled(routes, BODY_BYTES_MAX, limits, outermost, guard::POLICY).with_state(desk)
}
