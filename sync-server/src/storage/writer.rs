//! The one writing thread: takes what is waiting, commits it together, then answers everyone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;

use super::{DbError, Tx};

/// Writes that share one commit at most; bounds how long the first of them waits for the last.
const GROUP_MAX: usize = 64;

pub(super) struct Writer {
    queue: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, DbError> {
        let (queue, waiting) = crossbeam_channel::bounded::<Box<dyn Job>>(1_024);
        let thread = std::thread::Builder::new()
            .name("db-writer".into())
            .spawn(move || run(&connection, &waiting))
            .map_err(DbError::File)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues `work`; `answer` is called on the writing thread after the commit, or after the failure.
    pub(super) fn submit<T, E, F, A>(&self, work: F, answer: A)
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        A: FnOnce(Result<T, E>) + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let job = Box::new(Work { work: Some(work), answer: Some(answer), result: None });
        if let Some(queue) = &self.queue
            && let Err(crossbeam_channel::SendError(job)) = queue.send(job)
        {
            job.finish(Err(DbError::Closed));
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic of the thread has been answered to its callers as a closed database.
            let _ = thread.join();
        }
    }
}

trait Job: Send {
    /// Does the work inside the caller's savepoint; true when it is to be kept.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// Answers the caller with the result, or with `commit`'s failure.
    fn finish(self: Box<Self>, commit: Result<(), DbError>);
}

struct Work<F, A, T, E> {
    work: Option<F>,
    answer: Option<A>,
    result: Option<Result<T, E>>,
}

impl<F, A, T, E> Job for Work<F, A, T, E>
where
    F: FnOnce(&Tx<'_>) -> Result<T, E> + Send,
    A: FnOnce(Result<T, E>) + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn run(&mut self, tx: &Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        let result =
            catch_unwind(AssertUnwindSafe(|| work(tx))).unwrap_or_else(|_| Err(DbError::Panicked.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn finish(mut self: Box<Self>, commit: Result<(), DbError>) {
        let Some(answer) = self.answer.take() else { return };
        answer(match (self.result.take(), commit) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(ok), Ok(())) => ok,
            (None, Ok(())) => Err(DbError::Closed.into()),
        });
    }
}

fn run(connection: &Connection, waiting: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(GROUP_MAX - 1));
        let mut outcome = commit_group(connection, &mut group);
        for job in group {
            // The first caller gets the error itself, the others learn that the group failed.
            let answer = match &outcome {
                Ok(()) => Ok(()),
                Err(_) => std::mem::replace(&mut outcome, Err(DbError::Group)),
            };
            job.finish(answer);
        }
    }
}

fn commit_group(connection: &Connection, group: &mut [Box<dyn Job>]) -> Result<(), DbError> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(DbError::statement)?;
    let done = match group {
        [only] => run_alone(connection, only.as_mut()),
        _ => group.iter_mut().try_for_each(|job| run_in_savepoint(connection, job.as_mut())),
    };
    let done = done.and_then(|()| {
        if connection.is_autocommit() {
            Ok(())
        } else {
            connection.execute_batch("COMMIT").map_err(DbError::commit)
        }
    });
    if done.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").map_err(DbError::commit)?;
    }
    done
}

/// One job is a transaction: undone, nothing of that is left. A savepoint would have every page copied that it changes.
fn run_alone(connection: &Connection, job: &mut dyn Job) -> Result<(), DbError> {
    let keep = job.run(&Tx { connection });
    if connection.is_autocommit() {
        return Err(DbError::Group);
    }
    if keep { Ok(()) } else { connection.execute_batch("ROLLBACK").map_err(DbError::statement) }
}

fn run_in_savepoint(connection: &Connection, job: &mut dyn Job) -> Result<(), DbError> {
    connection.execute_batch("SAVEPOINT job").map_err(DbError::statement)?;
    let keep = job.run(&Tx { connection });
    if connection.is_autocommit() {
        // A full disk or a damaged page ends the whole transaction from within.
        return Err(DbError::Group);
    }
    let end = if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    connection.execute_batch(end).map_err(DbError::statement)
}
