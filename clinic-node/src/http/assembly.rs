//! The routes with everything around them: correlation, limits, headers, the screens.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use posto_api::serve::guard::headers;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use super::{Desk, guard, openapi, routes, screens};

/// Largest body of an ordinary request. Pieces of attachments have a limit of their own.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Everything the node answers.
pub fn router(desk: Desk) -> Router {
    let (routes, _) = routes::table().split_for_parts();
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::new("application/octet-stream"))
        .and(NotForContentType::new("application/pdf"))
        .and(NotForContentType::SSE);
    routes
        .route("/openapi.json", get(openapi::serve))
        .fallback(screens::serve)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(desk.clone(), guard::limit))
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(from_fn_with_state(desk.clone(), guard::surround))
        .layer(from_fn_with_state(guard::POLICY, headers))
        .with_state(desk)
}
