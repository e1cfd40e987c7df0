//! `/api/patients`: finding, registering, reading, editing, merging.

use axum::Json as Answer;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use posto_api::history::{HistoryEntry, TimelineEntry};
use posto_api::patient::{
    BreakGlass, CheckDuplicates, Duplicates, Emergency, FindPatients, MergePatients, Patient, PatientSummary,
    ReadPatient, RegisterPatient, UnmergePatients,
};
use posto_api::patient_record::PatientRecord;
use posto_api::{ErrorCode, Page};
use posto_domain::PatientId;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::Desk;
use super::extract::{Id, Json, Query, SignedIn};
use super::problem::ApiError;
use super::record_views::{AsOfText, PageQuery};
use super::version::{SeenHeads, etag};

/// Finds patients by anything that is known of them; those changed last without a query.
#[utoipa::path(get, path = "/api/patients", tag = "patients", params(FindPatients),
    responses((status = 200, body = Page<PatientSummary>)))]
pub(crate) async fn find(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Query(query): Query<FindPatients>,
) -> Result<Answer<Page<PatientSummary>>, ApiError> {
    Ok(Answer(desk.run(move |app| app.find_patients(&signed_in.caller(), query)).await?))
}

/// Registers a patient. Possible duplicates are answered first, unless the person says that it is somebody else.
#[utoipa::path(post, path = "/api/patients", tag = "patients", request_body = RegisterPatient,
    responses((status = 201, body = Patient), (status = 422)))]
pub(crate) async fn register(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Json(body): Json<RegisterPatient>,
) -> Result<impl IntoResponse, ApiError> {
    let patient = desk.run(move |app| app.register_patient(&signed_in.caller(), body)).await?;
    let location = format!("/api/patients/{}", patient.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], versioned(patient)))
}

/// Whom the person in the form could already be.
#[utoipa::path(post, path = "/api/patients/duplicates", tag = "patients", request_body = CheckDuplicates,
    responses((status = 200, body = Duplicates)))]
pub(crate) async fn duplicates(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Json(body): Json<CheckDuplicates>,
) -> Result<Answer<Duplicates>, ApiError> {
    Ok(Answer(desk.run(move |app| app.possible_duplicates(&signed_in.caller(), body.record)).await?))
}

/// A patient's record, now or as it was.
#[utoipa::path(get, path = "/api/patients/{id}", tag = "patients", params(("id" = String, Path), ReadPatient),
    responses((status = 200, body = Patient), (status = 404)))]
pub(crate) async fn read(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    as_of: AsOfText,
) -> Result<impl IntoResponse, ApiError> {
    Ok(versioned(desk.run(move |app| app.read_patient(&signed_in.caller(), id, as_of.0.as_ref())).await?))
}

/// Changes a record: a JSON merge patch (RFC 7396), made at the heads in `If-Match` and merged.
#[utoipa::path(patch, path = "/api/patients/{id}", tag = "patients",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "The heads that the client saw")),
    request_body(content = PatientRecord, content_type = "application/json"),
    responses((status = 200, body = Patient), (status = 404), (status = 412), (status = 422), (status = 428)))]
pub(crate) async fn edit(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    SeenHeads(heads): SeenHeads,
    Json(patch): Json<Value>,
) -> Result<impl IntoResponse, ApiError> {
    Ok(versioned(desk.run(move |app| app.edit_patient(&signed_in.caller(), id, &heads, &patch)).await?))
}

/// Who changed what and when, newest first.
#[utoipa::path(get, path = "/api/patients/{id}/history", tag = "patients", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<HistoryEntry>)))]
pub(crate) async fn history(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<HistoryEntry>>, ApiError> {
    Ok(Answer(desk.run(move |app| app.patient_history(&signed_in.caller(), id, &page.into())).await?))
}

/// What happened to the patient, newest first.
#[utoipa::path(get, path = "/api/patients/{id}/timeline", tag = "patients", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<TimelineEntry>)))]
pub(crate) async fn timeline(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<TimelineEntry>>, ApiError> {
    Ok(Answer(desk.run(move |app| app.patient_timeline(&signed_in.caller(), id, &page.into())).await?))
}

/// Joins another record into this one. Can be undone.
#[utoipa::path(post, path = "/api/patients/{id}/merge", tag = "patients", params(("id" = String, Path)),
    request_body = MergePatients, responses((status = 200, body = Patient), (status = 422)))]
pub(crate) async fn merge(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    Json(body): Json<MergePatients>,
) -> Result<impl IntoResponse, ApiError> {
    Ok(versioned(desk.run(move |app| app.merge_patients(&signed_in.caller(), id, &body.other)).await?))
}

/// Separates a record that was merged into this one.
#[utoipa::path(post, path = "/api/patients/{id}/unmerge", tag = "patients", params(("id" = String, Path)),
    request_body = UnmergePatients, responses((status = 200, body = Patient), (status = 422)))]
pub(crate) async fn unmerge(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    Json(body): Json<UnmergePatients>,
) -> Result<impl IntoResponse, ApiError> {
    Ok(versioned(desk.run(move |app| app.unmerge_patients(&signed_in.caller(), id, &body.other)).await?))
}

/// Declares an emergency: opens this record for three hours, in this session. Every look at it is flagged.
#[utoipa::path(post, path = "/api/patients/{id}/break-glass", tag = "patients", params(("id" = String, Path)),
    request_body = BreakGlass, responses((status = 200, body = Emergency), (status = 409), (status = 422)))]
pub(crate) async fn break_glass(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    Json(body): Json<BreakGlass>,
) -> Result<Answer<Emergency>, ApiError> {
    Ok(Answer(desk.run(move |app| app.break_glass(&signed_in.0, id, &body)).await?))
}

/// `?of=`: which photo the screen means, so that another one is another address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PhotoQuery {
    of: Option<String>,
}

/// The patient's face, 96 pixels square. 404 without a photo, 409 while it is not on this node yet.
#[utoipa::path(get, path = "/api/patients/{id}/photo", tag = "patients", params(("id" = String, Path), PhotoQuery),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 304), (status = 404), (status = 409)))]
pub(crate) async fn photo(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Id(id): Id<PatientId>,
    Query(query): Query<PhotoQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let of = query.of.map(|of| of.parse()).transpose().map_err(|_| ErrorCode::NotFound)?;
    let face = desk.run(move |app| app.patient_photo(&signed_in.caller(), id, of)).await?;
    let held = headers.get(header::IF_NONE_MATCH).is_some_and(|held| held.as_bytes() == face.tag.as_bytes());
    let about = [
        (header::ETAG, face.tag),
        // Kept by the browser for a while, for this session only.
        (header::CACHE_CONTROL, "private, max-age=600".to_owned()),
        (header::VARY, "cookie".to_owned()),
        (header::CONTENT_TYPE, "image/jpeg".to_owned()),
    ];
    Ok(if held {
        (StatusCode::NOT_MODIFIED, about).into_response()
    } else {
        (about, Bytes::from_owner(face.jpeg)).into_response()
    })
}

fn versioned(patient: Patient) -> impl IntoResponse {
    ([(header::ETAG, etag(&patient.heads))], Answer(patient))
}
