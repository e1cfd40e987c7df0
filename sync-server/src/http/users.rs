//! `/api/users`.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use posto_api::Page;
use posto_api::admin::{AdminUser, NewUser};
use posto_domain::role_grant::Role;

use super::extract::{Json, SignedIn, body_id};
use super::problem::ApiError;
use super::{Site, page};
use crate::console::ConsoleError;
use crate::directory;

/// The people who sign in: at the console, and at the nodes of each clinic.
#[utoipa::path(get, path = "/api/users", tag = "users", responses((status = 200, body = Page<AdminUser>)))]
pub(crate) async fn list(
    State(site): State<Site>,
    by: SignedIn,
) -> Result<Answer<Page<AdminUser>>, ApiError> {
    site.run(move |console| console.users(&by.caller)).await.map(page)
}

/// Adds a person to a clinic, with one role.
#[utoipa::path(post, path = "/api/users", tag = "users", request_body = NewUser,
    responses((status = 201, body = AdminUser)))]
pub(crate) async fn create(
    State(site): State<Site>,
    by: SignedIn,
    Json(body): Json<NewUser>,
) -> Result<(StatusCode, Answer<AdminUser>), ApiError> {
    let role = Role::KNOWN.iter().find(|known| known.as_str() == body.role);
    let new = directory::NewUser {
        clinic: body_id("clinic_id", &body.clinic_id)?,
        location: body.location_id.map(|id| body_id("location_id", &id)).transpose()?,
        name: body.name,
        login: body.login,
        email: body.email,
        role: role.cloned().ok_or_else(|| ConsoleError::field("role", "unknown"))?,
        password: body.password,
    };
    let made = site.run(move |console| console.add_user(&by.caller, new)).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}
