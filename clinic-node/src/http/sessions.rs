//! `/api/session` and `/api/users/switchable`: signing in and out, and handing the desk over.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use posto_api::session::{Session, SetPin, SignIn, SwitchByPin, SwitchableUsers};

use super::Desk;
use super::extract::{COOKIE, Json, Peer, SignedIn};
use super::problem::ApiError;
use crate::app::sessions::{NewSession, SecretText};

/// Signs in with name and password; works without the server.
#[utoipa::path(post, path = "/api/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401), (status = 403), (status = 429)))]
pub(crate) async fn sign_in(
    State(desk): State<Desk>,
    Peer(address): Peer,
    Json(body): Json<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    throttle(&desk, address)?;
    let session = desk
        .run(move |app| app.sign_in(&body.login, &SecretText(body.password), &address.to_string()))
        .await?;
    Ok(opened(&desk, session))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session", responses((status = 200, body = Session), (status = 401)))]
pub(crate) async fn current(
    State(desk): State<Desk>,
    signed_in: SignedIn,
) -> Result<axum::Json<Session>, ApiError> {
    Ok(axum::Json(desk.run(move |app| app.describe_session(&signed_in.0)).await?))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/session", tag = "session", responses((status = 204)))]
pub(crate) async fn sign_out(
    State(desk): State<Desk>,
    signed_in: SignedIn,
) -> Result<impl IntoResponse, ApiError> {
    desk.run(move |app| app.sign_out(&signed_in.0)).await?;
    let gone = HeaderValue::from_static("posto_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, gone)])))
}

/// Another person takes over this desk with their PIN.
#[utoipa::path(post, path = "/api/session/pin", tag = "session", request_body = SwitchByPin,
    responses((status = 200, body = Session), (status = 401)))]
pub(crate) async fn switch_by_pin(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Peer(address): Peer,
    Json(body): Json<SwitchByPin>,
) -> Result<impl IntoResponse, ApiError> {
    throttle(&desk, address)?;
    let session = desk
        .run(move |app| {
            app.switch_by_pin(&signed_in.0, &body.user_id, &SecretText(body.pin), &address.to_string())
        })
        .await?;
    Ok(opened(&desk, session))
}

/// Sets the own PIN.
#[utoipa::path(put, path = "/api/session/pin", tag = "session", request_body = SetPin,
    responses((status = 204), (status = 401), (status = 422)))]
pub(crate) async fn set_pin(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    Json(body): Json<SetPin>,
) -> Result<StatusCode, ApiError> {
    desk.run(move |app| app.set_pin(&signed_in.0, &SecretText(body.password), &SecretText(body.pin))).await?;
    Ok(StatusCode::NO_CONTENT)
}

// On this machine anybody may ask (the lock screen does); from the LAN only who is signed in, because the answer
// names people.
/// People who may take over this desk by PIN.
#[utoipa::path(get, path = "/api/users/switchable", tag = "session", responses((status = 200, body = SwitchableUsers)))]
pub(crate) async fn switchable(
    State(desk): State<Desk>,
    Peer(address): Peer,
    signed_in: Result<SignedIn, ApiError>,
) -> Result<axum::Json<SwitchableUsers>, ApiError> {
    if !address.is_loopback() {
        signed_in?;
    }
    Ok(axum::Json(desk.run(|app| app.switchable_users()).await?))
}

fn throttle(desk: &Desk, address: std::net::IpAddr) -> Result<(), ApiError> {
    let now_ms = desk.app.pen.now_ms();
    desk.shared.sign_ins.take(address, now_ms).map_err(ApiError::limited)
}

/// The answer that opens a session: its cookie and its description.
fn opened(desk: &Desk, session: NewSession) -> impl IntoResponse + use<> {
    let secure = if desk.shared.tls { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict{secure}", session.token.0);
    let cookie = HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""));
    (AppendHeaders([(header::SET_COOKIE, cookie)]), axum::Json(session.description))
}
