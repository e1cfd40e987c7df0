//! `GET /api/events`: live events for the screens, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt as _};
use posto_api::event::LiveEvent;
use tokio::sync::broadcast::error::RecvError;

use super::Desk;
use super::extract::SignedIn;
use crate::app::live::Numbered;

/// A comment line this often tells both sides that the line is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What changed, as it happens. Names ids only. `resync` means that events were missed.
#[utoipa::path(get, path = "/api/events", tag = "events",
    params(("last-event-id" = Option<String>, Header, description = "The last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = LiveEvent)))]
pub(crate) async fn stream(
    State(desk): State<Desk>,
    signed_in: SignedIn,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let last_id = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let (missed, receiver) = desk.app.live.listen(last_id);
    let mut stopping = desk.shared.stopping.subscribe();
    let live = desk.app.live.clone();
    let watched = desk.app.clone();
    let fresh = stream::unfold(receiver, |mut receiver| async move {
        match receiver.recv().await {
            Ok(numbered) => Some((numbered, receiver)),
            Err(RecvError::Lagged(_)) => Some(((0, LiveEvent::Resync.into()), receiver)),
            Err(RecvError::Closed) => None,
        }
    });
    let events = stream::iter(missed)
        .chain(fresh)
        // A session that was ended elsewhere hears nothing more.
        .take_while(move |_| std::future::ready(watched.session_is_open(&signed_in.0)))
        .map(move |numbered| Ok(written(&live.id(numbered.0), &numbered)))
        .take_until(async move {
            // An error means that the node is gone.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

fn written(id: &str, (_, event): &Numbered) -> Event {
    let data = serde_json::to_string(event.as_ref()).unwrap_or_default();
    Event::default().id(id).event(event.name()).data(data)
}
