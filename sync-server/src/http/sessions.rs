//! `/api/session`: signing in at the console.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use posto_api::admin::{AdminSession, AdminSignIn};

use super::Site;
use super::extract::{COOKIE, Json, Peer, SignedIn};
use super::problem::ApiError;

/// Signs in. Wrong tries cost ever more time.
#[utoipa::path(post, path = "/api/session", tag = "session", request_body = AdminSignIn, security(()),
    responses((status = 200, body = AdminSession)))]
pub(crate) async fn sign_in(
    State(site): State<Site>,
    peer: Peer,
    Json(body): Json<AdminSignIn>,
) -> Result<Response, ApiError> {
    site.shared.sign_ins.take(peer.address, site.now_ms()).map_err(ApiError::limited)?;
    let opened =
        site.run(move |console| console.sign_in(&body.email, &body.password, &peer.correlation)).await?;
    let session = opened.session;
    let shown = site.run(move |console| console.show(&session)).await?;
    Ok(with_cookie(&site, Answer(shown).into_response(), &opened.token, None))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session", responses((status = 200, body = AdminSession)))]
pub(crate) async fn current(
    State(site): State<Site>,
    signed_in: SignedIn,
) -> Result<Answer<AdminSession>, ApiError> {
    site.run(move |console| console.show(&signed_in.session)).await.map(Answer)
}

/// Signs out.
#[utoipa::path(delete, path = "/api/session", tag = "session", responses((status = 204)))]
pub(crate) async fn sign_out(State(site): State<Site>, signed_in: SignedIn) -> Result<Response, ApiError> {
    site.run(move |console| console.sign_out(&signed_in.session, &signed_in.caller.correlation)).await?;
    Ok(with_cookie(&site, StatusCode::NO_CONTENT.into_response(), "", Some(0)))
}

fn with_cookie(site: &Site, mut response: Response, token: &str, max_age_s: Option<u32>) -> Response {
    let secure = if site.shared.options.is_secure() { "; Secure" } else { "" };
    let age = max_age_s.map(|age| format!("; Max-Age={age}")).unwrap_or_default();
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{age}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
