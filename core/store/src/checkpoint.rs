//! Copying the write-ahead log back into the database, beside the writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};
use rusqlite::Connection;

use crate::connection::{self, Role};
use crate::error::{Error, Result};
use crate::shared::Shared;

/// Pages in the log after which the copying starts (16 MiB): a page that is written again and again is copied once.
const PAGES_START: i32 = 4_000;

/// Pages in the log after which the writer waits for the copying (64 MiB): a load that never
/// pauses would otherwise let the log grow without end.
const PAGES_MAX: i32 = 16_000;

/// The writer's end: told after each commit.
pub(crate) struct Checkpointer {
    pages: Arc<AtomicI32>,
    shared: Arc<Shared>,
    /// Once there was something to copy: a process that writes little never opens it.
    copier: Option<Copier>,
}

/// A thread with a connection of its own.
struct Copier {
    nudge: Option<Sender<Option<Sender<()>>>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Watches `writer`'s log.
    pub(crate) fn watch(writer: &mut Connection, shared: Arc<Shared>) -> Result<Self> {
        let pages = Arc::new(AtomicI32::new(0));
        let seen = pages.clone();
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count| {
            seen.store(count, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { pages, shared, copier: None })
    }

    pub(crate) fn after_commit(&mut self) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < PAGES_START {
            return;
        }
        if self.copier.is_none() {
            match Copier::start(&self.shared) {
                Ok(copier) => self.copier = Some(copier),
                // The log grows until the next commit's try, or until the close copies it.
                Err(error) => tracing::warn!(%error, "nothing copies the log back"),
            }
        }
        if let Some(copier) = &self.copier {
            copier.copy(pages >= PAGES_MAX);
        }
    }
}

impl Copier {
    fn start(shared: &Shared) -> Result<Self> {
        let connection =
            connection::open(&shared.database, &shared.key, Role::Checkpointer, &shared.options)?;
        let (nudge, nudges) = bounded::<Option<Sender<()>>>(1);
        let thread = std::thread::Builder::new()
            .name("posto-checkpoint".into())
            .spawn(move || {
                for done in nudges {
                    copy(&connection);
                    if let Some(done) = done {
                        let _ = done.send(());
                    }
                }
            })
            .map_err(|source| Error::file("start thread", "posto-checkpoint", source))?;
        Ok(Self { nudge: Some(nudge), thread: Some(thread) })
    }

    fn copy(&self, wait: bool) {
        let Some(nudge) = &self.nudge else { return };
        if wait {
            let (done, finished) = bounded(1);
            if nudge.send(Some(done)).is_ok() {
                let _ = finished.recv();
            }
        } else {
            // One that runs already will see these pages too, or the next commit will ask again.
            drop(nudge.try_send(None));
        }
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        self.nudge = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// A checkpoint that fails leaves the log as it is: nothing is lost, the next one tries again.
fn copy(connection: &Connection) {
    let copied = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = copied {
        tracing::warn!(code = ?error.sqlite_error_code(), "checkpoint failed");
    }
}
