//! Storage requests on blocking threads: bounded for each session and in all, answers in any order.

use std::sync::Arc;

use posto_sync::{Session, SessionEnd, StoreFailure, session::OpId};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::limits;

/// What a node or a server does for its engine.
pub trait Executor<S: Session>: Send + Sync + 'static {
    /// Carries a storage request out, durably, before it answers. Called on a blocking thread inside the runtime; several at
    /// once. The engine itself waits where order matters.
    fn run(&self, request: S::Request) -> Result<S::Answer, StoreFailure>;

    /// Something to show, count or log. Called on the session's task: must not block.
    fn event(&self, event: S::Event);

    /// Called after each input with the engine as it now is, to publish its numbers; must not block. `Some` asks the
    /// session to end, for instance when a single catch-up is done.
    fn after(&self, _engine: &S) -> Option<SessionEnd> {
        None
    }
}

/// How many storage requests run at once over all sessions of a process.
#[derive(Debug, Clone)]
pub struct Pool {
    slots: Arc<Semaphore>,
}

impl Pool {
    /// A pool of so many slots; at least one. More than the storage can use only costs memory: each holds up to a batch.
    pub fn new(slots: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(slots.max(1))) }
    }
}

/// The running requests of one session.
pub(super) struct Work<S: Session> {
    pool: Arc<Semaphore>,
    own: Arc<Semaphore>,
    running: JoinSet<Option<Finished<S>>>,
}

type Finished<S> = (OpId, Result<<S as Session>::Answer, StoreFailure>);

impl<S: Session> Work<S> {
    pub(super) fn new(pool: &Pool) -> Self {
        let own = Arc::new(Semaphore::new(limits::STORAGE_REQUESTS_PER_SESSION_MAX));
        Self { pool: pool.slots.clone(), own, running: JoinSet::new() }
    }

    pub(super) fn begin<E: Executor<S>>(&mut self, op: OpId, request: S::Request, executor: &Arc<E>) {
        let (pool, own, executor) = (self.pool.clone(), self.own.clone(), executor.clone());
        self.running.spawn(async move {
            // Own slot first: a session with much to do queues behind itself before it queues before others.
            let _own = own.acquire_owned().await.ok()?;
            let _slot = pool.acquire_owned().await.ok()?;
            let answer = tokio::task::spawn_blocking(move || executor.run(request)).await;
            Some((op, answer.unwrap_or(Err(StoreFailure::Broken))))
        });
    }

    /// The next finished request; `None` when none is running. Safe to cancel.
    pub(super) async fn next(&mut self) -> Option<Finished<S>> {
        loop {
            if let Ok(Some(finished)) = self.running.join_next().await? {
                return Some(finished);
            }
        }
    }

    /// Drops what has not begun and waits for what has.
    pub(super) async fn drain(&mut self) {
        self.own.close();
        while self.running.join_next().await.is_some() {}
    }
}
