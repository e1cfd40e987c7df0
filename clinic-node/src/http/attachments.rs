//! `/api/attachments`: files of patients.

mod range;

use axum::Json as Answer;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use posto_api::attachment::{Attachment, StartAttachment};
use posto_api::{ErrorCode, Page};
use posto_domain::AttachmentId;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

use super::Desk;
use super::extract::{Id, Json, Query, SignedIn};
use super::problem::ApiError;
use super::record_views::limit;
use crate::app::attachments::{Content, Part};
use crate::app::{AppError, PageRequest};
use range::{ByteRange, content_range, requested};

/// Largest piece of an upload.
const PIECE_BYTES_MAX: usize = 8 << 20;

/// How much of a file is read at once.
const READ_BYTES: usize = 1 << 20;

/// `?patient=&cursor=&limit=`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAttachments {
    patient: String,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// A patient's files, newest first.
#[utoipa::path(get, path = "/api/attachments", tag = "attachments", params(ListAttachments),
    responses((status = 200, body = Page<Attachment>)))]
pub(crate) async fn list(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Query(query): Query<ListAttachments>,
) -> Result<Answer<Page<Attachment>>, ApiError> {
    let patient = query.patient.parse().map_err(|_| ErrorCode::NotFound)?;
    let page = PageRequest { cursor: query.cursor, limit: limit(query.limit) };
    Ok(Answer(desk.run(move |app| app.list_attachments(&signed_in.caller(), patient, &page)).await?))
}

/// Announces a file; its content follows in pieces.
#[utoipa::path(post, path = "/api/attachments", tag = "attachments", request_body = StartAttachment,
    responses((status = 201, body = Attachment), (status = 413), (status = 422)))]
pub(crate) async fn start(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Json(body): Json<StartAttachment>,
) -> Result<(StatusCode, Answer<Attachment>), ApiError> {
    let attachment = desk.run(move |app| app.start_attachment(&signed_in.caller(), body)).await?;
    Ok((StatusCode::CREATED, Answer(attachment)))
}

/// A file, or how far its upload is.
#[utoipa::path(get, path = "/api/attachments/{id}", tag = "attachments", params(("id" = String, Path)),
    responses((status = 200, body = Attachment), (status = 404)))]
pub(crate) async fn read(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<AttachmentId>,
) -> Result<Answer<Attachment>, ApiError> {
    Ok(Answer(desk.run(move |app| app.read_attachment(&signed_in.caller(), id)).await?))
}

/// Takes a file away, or gives its upload up.
#[utoipa::path(delete, path = "/api/attachments/{id}", tag = "attachments", params(("id" = String, Path)),
    responses((status = 204), (status = 404)))]
pub(crate) async fn delete(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<AttachmentId>,
) -> Result<StatusCode, ApiError> {
    desk.run(move |app| app.delete_attachment(&signed_in.caller(), id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The next piece of a file. Without `Content-Range` the body is the whole file.
#[utoipa::path(put, path = "/api/attachments/{id}/content", tag = "attachments",
    params(("id" = String, Path), ("Content-Range" = Option<String>, Header, description = "bytes a-b/size")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Attachment), (status = 409), (status = 415), (status = 422)))]
pub(crate) async fn upload(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<AttachmentId>,
    request: Request,
) -> Result<Answer<Attachment>, ApiError> {
    let (offset, whole) = content_range(request.headers())?;
    let bytes = piece(request, &desk).await?;
    let attachment =
        desk.run(move |app| app.continue_attachment(&signed_in.caller(), id, offset, whole, &bytes)).await?;
    Ok(Answer(attachment))
}

/// The content of a file, or a range of it.
#[utoipa::path(get, path = "/api/attachments/{id}/content", tag = "attachments",
    params(("id" = String, Path), ("Range" = Option<String>, Header)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 206), (status = 416)))]
pub(crate) async fn download(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let content = desk.run(move |app| app.open_attachment(&signed_in.caller(), id)).await?;
    let Some(range) = requested(&headers, content.size()) else {
        let mut response = ApiError::from(ErrorCode::RangeNotSatisfiable).into_response();
        set(&mut response, header::CONTENT_RANGE, &format!("bytes */{}", content.size()));
        return Ok(response);
    };
    Ok(answer(content, range))
}

/// A picture, a PDF, or the beginning of a text. 404 for what has no preview.
#[utoipa::path(get, path = "/api/attachments/{id}/preview", tag = "attachments", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/*", body = Vec<u8>), (status = 404)))]
pub(crate) async fn preview(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<AttachmentId>,
) -> Result<Response, ApiError> {
    Ok(match desk.run(move |app| app.preview_attachment(&signed_in.caller(), id)).await? {
        Part::Whole(content) => {
            let whole = ByteRange::whole(content.size());
            answer(content, whole)
        }
        Part::Text(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
    })
}

/// The body of one piece, with its own limit.
async fn piece(mut request: Request, desk: &Desk) -> Result<Bytes, ApiError> {
    DefaultBodyLimit::max(PIECE_BYTES_MAX).apply(&mut request);
    Bytes::from_request(request, desk).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge.into(),
        _ => ErrorCode::InvalidRequest.into(),
    })
}

fn answer(content: Content, range: ByteRange) -> Response {
    let size = content.size();
    let disposition = if content.inline { "inline" } else { "attachment" };
    let name = percent_encoded(&content.name);
    let (media_type, tag) = (content.media_type.clone(), format!("\"{}\"", content.tag));
    let mut response = stream_of(content, range).into_response();
    set(&mut response, header::CONTENT_TYPE, &media_type);
    set(&mut response, header::CONTENT_DISPOSITION, &format!("{disposition}; filename*=UTF-8''{name}"));
    set(&mut response, header::CONTENT_LENGTH, &range.length().to_string());
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::ETAG, &tag);
    // Whatever it is, it runs nothing and reaches nothing.
    set(
        &mut response,
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'self'; sandbox",
    );
    // Our own pages show it in a frame, nobody else does.
    set(&mut response, header::X_FRAME_OPTIONS, "SAMEORIGIN");
    if range.is_partial(size) {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        set(&mut response, header::CONTENT_RANGE, &range.header(size));
    }
    response
}

/// The bytes of a range, read as fast as they are taken.
fn stream_of(content: Content, range: ByteRange) -> Body {
    let content = Arc::new(content);
    Body::from_stream(stream::try_unfold(range.start, move |at| {
        let content = content.clone();
        async move {
            if at >= range.end {
                return Ok::<_, AppError>(None);
            }
            let wanted = usize::try_from(range.end - at).unwrap_or(READ_BYTES).min(READ_BYTES);
            let bytes = tokio::task::spawn_blocking(move || content.read(at, wanted)).await??;
            if bytes.is_empty() {
                return Err(AppError::ContentIncomplete);
            }
            let next = at + bytes.len() as u64;
            Ok(Some((Bytes::from(bytes), next)))
        }
    }))
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// A file name as RFC 5987 wants it.
fn percent_encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
