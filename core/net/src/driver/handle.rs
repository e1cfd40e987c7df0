//! The outside's hold on a running session: nudges, and the wish to stop.

use std::sync::Arc;

use parking_lot::Mutex;
use posto_sync::SessionEnd;
use tokio::sync::Notify;

/// Tells a running session that something changed or that it should end. Cheap to clone; harmless once the session is over.
#[derive(Debug)]
pub struct Handle<N> {
    inner: Arc<Inner<N>>,
}

#[derive(Debug)]
struct Inner<N> {
    wishes: Mutex<Wishes<N>>,
    changed: Notify,
}

#[derive(Debug)]
struct Wishes<N> {
    /// Each nudge at most once: a thousand commits in a row are one piece of news.
    nudges: Vec<N>,
    stop: Option<SessionEnd>,
}

#[derive(Debug)]
pub(super) enum Wish<N> {
    Nudge(N),
    Stop(SessionEnd),
}

impl<N: PartialEq> Handle<N> {
    /// Tells the engine that something outside changed. Never blocks; equal nudges that wait are merged.
    pub fn nudge(&self, nudge: N) {
        let mut wishes = self.inner.wishes.lock();
        if !wishes.nudges.contains(&nudge) {
            wishes.nudges.push(nudge);
        }
        drop(wishes);
        self.inner.changed.notify_one();
    }

    /// Asks the engine to say goodbye and end.
    pub fn stop(&self, end: SessionEnd) {
        self.inner.wishes.lock().stop = Some(end);
        self.inner.changed.notify_one();
    }

    /// Waits for the next wish. Safe to cancel.
    pub(super) async fn next(&self) -> Wish<N> {
        loop {
            {
                let mut wishes = self.inner.wishes.lock();
                if let Some(end) = wishes.stop.take() {
                    return Wish::Stop(end);
                }
                if !wishes.nudges.is_empty() {
                    return Wish::Nudge(wishes.nudges.remove(0));
                }
            }
            self.inner.changed.notified().await;
        }
    }
}

impl<N> Clone for Handle<N> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<N> Default for Handle<N> {
    fn default() -> Self {
        let wishes = Mutex::new(Wishes { nudges: Vec::new(), stop: None });
        Self { inner: Arc::new(Inner { wishes, changed: Notify::new() }) }
    }
}
