//! `/api/nodes`, `/api/refusals`.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use posto_api::Page;
use posto_api::admin::{AdminNode, AdminRefusal, RevokeNode};

use super::extract::{Json, SignedIn, path_id};
use super::problem::ApiError;
use super::{Site, page};

/// The nodes and how each is doing.
#[utoipa::path(get, path = "/api/nodes", tag = "nodes", responses((status = 200, body = Page<AdminNode>)))]
pub(crate) async fn list(
    State(site): State<Site>,
    by: SignedIn,
) -> Result<Answer<Page<AdminNode>>, ApiError> {
    site.run(move |console| console.nodes(&by.caller)).await.map(page)
}

/// Takes a node's right to connect away, for good. A live session ends within a second.
#[utoipa::path(post, path = "/api/nodes/{id}/revoke", tag = "nodes", request_body = Option<RevokeNode>,
    params(("id" = String, Path, description = "The node")), responses((status = 204), (status = 409)))]
pub(crate) async fn revoke(
    State(site): State<Site>,
    by: SignedIn,
    Path(id): Path<String>,
    body: Option<Json<RevokeNode>>,
) -> Result<StatusCode, ApiError> {
    let (id, reason) = (path_id(&id)?, body.and_then(|Json(body)| body.reason));
    site.run(move |console| console.revoke_node(&by.caller, id, reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest changes that the server refused, with the reason. Ids only.
#[utoipa::path(get, path = "/api/refusals", tag = "nodes", responses((status = 200, body = Page<AdminRefusal>)))]
pub(crate) async fn refusals(
    State(site): State<Site>,
    by: SignedIn,
) -> Result<Answer<Page<AdminRefusal>>, ApiError> {
    site.run(move |console| console.refusals(&by.caller)).await.map(page)
}
