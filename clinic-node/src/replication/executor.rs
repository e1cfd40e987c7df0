//! What the node does for its engine: storage requests on the store, events to the board and the desks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use posto_net::driver::Executor;
use posto_sync::node::{NodeAnswer, NodeEvent, NodeRequest, NodeSession};
use posto_sync::session::Session;
use posto_sync::{SessionEnd, StoreFailure};

use crate::app::App;

/// The executor of one session.
pub(crate) struct StoreExecutor {
    app: Arc<App>,
    /// End as soon as nothing is left to do.
    once: bool,
    caught_up: AtomicBool,
}

impl StoreExecutor {
    /// For a session that ends when it has caught up.
    pub(crate) fn once(app: Arc<App>) -> Self {
        Self { app, once: true, caught_up: AtomicBool::new(false) }
    }

    /// For a session that stays.
    pub(crate) fn live(app: Arc<App>) -> Self {
        Self { app, once: false, caught_up: AtomicBool::new(false) }
    }

    /// Whether the engine last said that nothing is left.
    pub(crate) fn caught_up(&self) -> bool {
        self.caught_up.load(Ordering::Relaxed)
    }
}

impl Executor<NodeSession> for StoreExecutor {
    fn run(&self, request: NodeRequest) -> Result<NodeAnswer, StoreFailure> {
        self.app.store.answer(request)
    }

    fn event(&self, event: NodeEvent) {
        self.app.board.take(&event, self.app.pen.now_ms());
        if !self.once {
            self.app.live.sync_changed();
        }
    }

    fn after(&self, engine: &NodeSession) -> Option<SessionEnd> {
        let caught_up = engine.caught_up();
        self.caught_up.store(caught_up, Ordering::Relaxed);
        if !self.once {
            self.app.board.take_statistics(engine.statistics(), caught_up, self.app.pen.now_ms());
        }
        (self.once && caught_up).then_some(SessionEnd::Done)
    }
}
