//! The one thread that writes: it groups what waits into one transaction with one fsync.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};
use rusqlite::Connection;

use crate::checkpoint::Checkpointer;
use crate::error::{Error, Result};
use crate::merging::Merging;
use crate::options::Durability;
use crate::reply::{self, Pending};
use crate::shared::Shared;
use crate::transaction::WriteTx;

/// Which queue a write waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A person waits: grouped with all that waits, ahead of the other lane.
    Interactive,
    /// Batches of the other side: one at a time, so that no person waits long.
    Background,
    /// Read models, in the same queue. What a power cut takes of these is computed again: their commit does not wait for
    /// the disk, and the next one that does takes them along.
    Derived,
}

/// At most so many interactive writes share a transaction, which bounds the first one's wait.
const GROUP_MAX: usize = 256;

/// A queued write: run inside the transaction, answered after the commit.
trait Job: Send {
    fn lane(&self) -> Lane;
    /// Whether to keep what it wrote.
    fn run(&mut self, tx: &WriteTx<'_>) -> bool;
    fn finish(self: Box<Self>, commit: &Result<()>);
}

struct Write<F, T, E> {
    lane: Lane,
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: reply::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Write<F, T, E>
where
    F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn lane(&self) -> Lane {
        self.lane
    }

    fn run(&mut self, tx: &WriteTx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        // The transaction is rolled back to where the write began, so nothing half-done is seen.
        let result = catch_unwind(AssertUnwindSafe(|| {
            let value = work(tx)?;
            tx.flush()?;
            Ok(value)
        }))
        .unwrap_or_else(|_| Err(Error::Panicked.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn finish(self: Box<Self>, commit: &Result<()>) {
        let result = match (self.result, commit) {
            (Some(Ok(_)) | None, Err(error)) => Err(error.clone().into()),
            (Some(result), _) => result,
            (None, Ok(())) => Err(Error::Closed.into()),
        };
        self.reply.send(result);
    }
}

/// The handle to the writer thread.
pub(crate) struct Writer {
    lanes: Option<Lanes>,
    thread: Option<JoinHandle<()>>,
}

struct Lanes {
    interactive: Sender<Box<dyn Job>>,
    background: Sender<Box<dyn Job>>,
}

impl Writer {
    pub(crate) fn start(
        connection: Connection,
        shared: Arc<Shared>,
        checkpointer: Checkpointer,
    ) -> Result<Self> {
        let (interactive, interactive_jobs) = unbounded();
        let (background, background_jobs) = unbounded();
        let queue = Queue { interactive: interactive_jobs, background: background_jobs };
        let thread = std::thread::Builder::new()
            .name("posto-writer".into())
            .spawn(move || run(connection, &shared, &queue, checkpointer))
            .map_err(|source| Error::file("start thread", "posto-writer", source))?;
        Ok(Self { lanes: Some(Lanes { interactive, background }), thread: Some(thread) })
    }

    pub(crate) fn submit<T, E, F>(&self, lane: Lane, work: F) -> Pending<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, pending) = reply::channel();
        let job: Box<dyn Job> = Box::new(Write { lane, work: Some(work), result: None, reply });
        if let Some(lanes) = &self.lanes {
            let sender = match lane {
                Lane::Interactive => &lanes.interactive,
                Lane::Background | Lane::Derived => &lanes.background,
            };
            // A refused job drops its reply, which answers `Closed`.
            drop(sender.send(job));
        }
        pending
    }

    /// Lets what is queued finish and closes the connection.
    pub(crate) fn stop(&mut self) {
        self.lanes = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has nothing left to finish.
            drop(thread.join());
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Queue {
    interactive: Receiver<Box<dyn Job>>,
    background: Receiver<Box<dyn Job>>,
}

impl Queue {
    /// The next group, interactive writes first. With a pause: whether nobody wanted anything for so long.
    fn next(&self, pause: Option<Duration>) -> Next {
        let open = match self.interactive.try_recv() {
            Ok(first) => return Next::Jobs(self.group(first)),
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Disconnected) => false,
        };
        match self.background.try_recv() {
            Ok(job) => return Next::Jobs(vec![job]),
            Err(TryRecvError::Disconnected) if !open => return Next::Closed,
            Err(_) => {}
        }
        let pause = pause.map_or_else(crossbeam_channel::never, crossbeam_channel::after);
        crossbeam_channel::select! {
            recv(self.interactive) -> job => job.map_or(Next::Again, |job| Next::Jobs(self.group(job))),
            recv(self.background) -> job => job.map_or(Next::Again, |job| Next::Jobs(vec![job])),
            recv(pause) -> _ => Next::Pause,
        }
    }

    fn group(&self, first: Box<dyn Job>) -> Vec<Box<dyn Job>> {
        let mut jobs = vec![first];
        jobs.extend(self.interactive.try_iter().take(GROUP_MAX - 1));
        jobs
    }
}

/// What the writer does next.
enum Next {
    Jobs(Vec<Box<dyn Job>>),
    /// Nobody wants anything at the moment.
    Pause,
    /// A lane was closed.
    Again,
    /// Both are, and empty.
    Closed,
}

fn run(connection: Connection, shared: &Shared, queue: &Queue, mut checkpointer: Checkpointer) {
    let mut durability = Commits::new(&connection, shared.options.durability);
    let mut merging = Merging::unknown();
    loop {
        let mut jobs = match queue.next(merging.pause()) {
            Next::Jobs(jobs) => jobs,
            Next::Pause => {
                if durability.wait_for_disk(false).is_ok() {
                    merging.step(&connection);
                }
                checkpointer.after_commit();
                continue;
            }
            Next::Again => continue,
            Next::Closed => break,
        };
        let mut tx = WriteTx::new(&connection, shared);
        let is_derived = jobs.iter().all(|job| job.lane() == Lane::Derived);
        let commit =
            durability.wait_for_disk(!is_derived).and_then(|()| transact(&connection, &mut tx, &mut jobs));
        if tx.has_words() {
            merging.note();
        }
        let events = tx.into_events();
        // Before the answers: who was answered finds that everyone else knows too.
        if commit.is_ok() {
            shared.publish(&events);
        }
        for job in jobs {
            job.finish(&commit);
        }
        checkpointer.after_commit();
    }
    // The last close copies the log back and removes it, which is how the next start knows that
    // this one ended well. Readers and the checkpointer must be closed before.
    drop(checkpointer);
    shared.close_readers();
    drop(connection);
}

/// Whether commits wait for the disk. The log is written front to back, and a start after a power cut keeps what is whole up
/// to the first gap: a commit that waits makes all before it durable, too.
struct Commits<'c> {
    connection: &'c Connection,
    /// `None` where no commit ever waits.
    waiting: Option<bool>,
}

impl<'c> Commits<'c> {
    fn new(connection: &'c Connection, durability: Durability) -> Self {
        let waiting = match durability {
            Durability::Full => Some(true),
            Durability::Process => None,
        };
        Self { connection, waiting }
    }

    /// For the next transaction.
    fn wait_for_disk(&mut self, wait: bool) -> Result<()> {
        let Some(waiting) = &mut self.waiting else { return Ok(()) };
        if *waiting != wait {
            let synchronous = if wait { "FULL" } else { "NORMAL" };
            self.connection.execute_batch(&format!("PRAGMA synchronous = {synchronous}"))?;
            *waiting = wait;
        }
        Ok(())
    }
}

/// All jobs in one transaction.
fn transact(connection: &Connection, tx: &mut WriteTx<'_>, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let ran = match jobs {
        [only] => run_alone(connection, tx, only.as_mut()),
        _ => run_all(connection, tx, jobs),
    };
    let all = ran.and_then(|()| {
        if !connection.is_autocommit() {
            connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    });
    if all.is_err() && !connection.is_autocommit() {
        // Some errors (a full disk) have rolled back already.
        drop(connection.execute_batch("ROLLBACK"));
    }
    all
}

/// One job is a transaction: undone, nothing of that is left. A savepoint would have every page copied that it changes.
fn run_alone(connection: &Connection, tx: &mut WriteTx<'_>, job: &mut dyn Job) -> Result<()> {
    let keep = job.run(tx);
    if connection.is_autocommit() {
        // SQLite gave the transaction up inside the job.
        return Err(Error::DiskFull);
    }
    if keep {
        tx.keep();
    } else {
        tx.discard();
        connection.prepare_cached("ROLLBACK")?.execute([])?;
    }
    Ok(())
}

/// A savepoint around each.
fn run_all(connection: &Connection, tx: &mut WriteTx<'_>, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    for job in jobs {
        connection.prepare_cached("SAVEPOINT w")?.execute([])?;
        let keep = job.run(tx);
        if connection.is_autocommit() {
            // SQLite gave the whole transaction up inside the job: nobody's write happened.
            return Err(Error::DiskFull);
        }
        if keep {
            tx.keep();
        } else {
            tx.discard();
            connection.prepare_cached("ROLLBACK TO w")?.execute([])?;
        }
        connection.prepare_cached("RELEASE w")?.execute([])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
