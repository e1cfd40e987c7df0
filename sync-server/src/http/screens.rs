//! The console's screens, built into the binary.

use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use posto_api::serve::screens;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../desktop-app/ui/dist/admin"]
#[allow_missing = true]
struct Screens;

/// Any path that is no route.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    screens::answer::<Screens>("server", &method, &uri, &headers)
}
