//! `GET /api/events`: the console hears that something changed, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use posto_api::admin::AdminEvent;
use posto_api::serve::extract::session_token;

use super::Site;
use super::extract::{COOKIE, SignedIn};
use super::problem::ApiError;

/// Changes that come in a burst are told together.
const TOGETHER: Duration = Duration::from_millis(150);
/// A comment line this often tells both sides that the line is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Says `changed` whenever something that the console shows has changed; carries nothing else.
#[utoipa::path(get, path = "/api/events", tag = "events",
    responses((status = 200, content_type = "text/event-stream", body = AdminEvent)))]
pub(crate) async fn stream(
    State(site): State<Site>,
    _by: SignedIn,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, ApiError> {
    let token = session_token(&headers, COOKIE).unwrap_or_default().to_owned();
    let changes = site.console.health.watch();
    let stop = site.shared.stop.clone();
    let events = stream::unfold((site, changes, token), async |(site, mut changes, token)| {
        changes.changed().await.ok()?;
        tokio::time::sleep(TOGETHER).await;
        changes.mark_unchanged();
        // A session that was ended hears nothing more.
        let asked = token.clone();
        site.run(move |console| console.session(&asked)).await.ok()?;
        let data = serde_json::to_string(&AdminEvent::Changed).unwrap_or_default();
        Some((Ok(Event::default().event("changed").data(data)), (site, changes, token)))
    });
    let events = futures::StreamExt::take_until(events, stop.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
