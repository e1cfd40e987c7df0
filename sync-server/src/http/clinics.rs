//! `/api/clinics`, `/api/enrolment-codes`.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use posto_api::Page;
use posto_api::admin::{AdminClinic, EnrolmentCode, NewClinic, NewEnrolmentCode, NewLocation};
use posto_api::session::Named;

use super::extract::{Json, SignedIn, body_id, path_id};
use super::problem::ApiError;
use super::{Site, page};
use crate::directory;

/// The clinics, with their locations and how many documents of each kind they have.
#[utoipa::path(get, path = "/api/clinics", tag = "clinics", responses((status = 200, body = Page<AdminClinic>)))]
pub(crate) async fn list(
    State(site): State<Site>,
    by: SignedIn,
) -> Result<Answer<Page<AdminClinic>>, ApiError> {
    site.run(move |console| console.clinics(&by.caller)).await.map(page)
}

/// Adds a clinic.
#[utoipa::path(post, path = "/api/clinics", tag = "clinics", request_body = NewClinic,
    responses((status = 201, body = AdminClinic)))]
pub(crate) async fn create(
    State(site): State<Site>,
    by: SignedIn,
    Json(body): Json<NewClinic>,
) -> Result<(StatusCode, Answer<AdminClinic>), ApiError> {
    let new = directory::NewClinic { name: body.name, jurisdiction: body.jurisdiction };
    let made = site.run(move |console| console.add_clinic(&by.caller, new)).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Adds a location to a clinic.
#[utoipa::path(post, path = "/api/clinics/{id}/locations", tag = "clinics", request_body = NewLocation,
    params(("id" = String, Path, description = "The clinic")), responses((status = 201, body = Named)))]
pub(crate) async fn create_location(
    State(site): State<Site>,
    by: SignedIn,
    Path(clinic): Path<String>,
    Json(body): Json<NewLocation>,
) -> Result<(StatusCode, Answer<Named>), ApiError> {
    let new = directory::NewLocation { clinic: path_id(&clinic)?, name: body.name };
    let made = site.run(move |console| console.add_location(&by.caller, new)).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Draws a one-time code with which one node can enrol within 15 minutes. Shown once.
#[utoipa::path(post, path = "/api/enrolment-codes", tag = "clinics", request_body = NewEnrolmentCode,
    responses((status = 201, body = EnrolmentCode)))]
pub(crate) async fn draw_code(
    State(site): State<Site>,
    by: SignedIn,
    Json(body): Json<NewEnrolmentCode>,
) -> Result<(StatusCode, Answer<EnrolmentCode>), ApiError> {
    let clinic = body_id("clinic_id", &body.clinic_id)?;
    let location = body.location_id.map(|id| body_id("location_id", &id)).transpose()?;
    let code = site.run(move |console| console.draw_code(&by.caller, clinic, location)).await?;
    Ok((StatusCode::CREATED, Answer(code)))
}
