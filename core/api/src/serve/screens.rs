//! The screens that a program has built in.

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::problem::ApiError;
use crate::ErrorCode;

/// Answers any path that is no route: a file of the screens `S`, or their start page, which finds its own way.
/// A `program` (`node`, `server`) that was built without them says so.
pub fn answer<S: RustEmbed>(program: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || (method != Method::GET && method != Method::HEAD) {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    if let Some(file) = S::get(path).filter(|_| !path.is_empty()) {
        return written(path, file, headers);
    }
    // A missing file is an error; a page's path leads to the start page, which shows the page.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    match S::get("index.html") {
        Some(file) => written("index.html", file, headers),
        None => Html(not_built(program)).into_response(),
    }
}

fn not_built(program: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Posto</title>\
<h1>Posto is running</h1><p>The screens are not built into this program. Build them with \
<code>npm ci &amp;&amp; npm run build</code> in <code>desktop-app/ui</code>, then build the {program} again.</p></html>"
    )
}

fn written(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..12]));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    // Vite names assets by their content; the pages that name them must always be asked for.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    (
        [(header::CONTENT_TYPE, media_type.as_ref()), (header::ETAG, &tag), (header::CACHE_CONTROL, cache)],
        Body::from(file.data.into_owned()),
    )
        .into_response()
}
