//! Read models behind the log: documents that the other side changed are opened here, on threads of
//! their own, and the writer only takes the finished rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use posto_documents::Error as DocumentError;
use posto_domain::id::DocumentId;
use posto_domain::{Kind, Scope};
use rayon::prelude::*;

use crate::core::Core;
use crate::document::{DocumentState, StoredDocument};
use crate::error::{Error, Result};
use crate::event::StoreEvent;
use crate::read_model::{Before, Projection};
use crate::reply::Pending;
use crate::transaction::{ReadTx, WriteTx};
use crate::writer::Lane;

/// A document whose rows are behind its changes, with all it takes to compute them.
#[derive(Debug)]
pub(crate) struct Dirty {
    pub(crate) row: i64,
    pub(crate) id: DocumentId,
    pub(crate) kind: Kind,
    pub(crate) scope: Scope,
    pub(crate) last_change: i64,
    pub(crate) before: Before,
    pub(crate) stored: StoredDocument,
}

/// Documents per transaction: long enough to share its cost, short enough not to hold up a person.
const CHUNK: usize = 256;

/// The same while many wait, as after a first sync: every transaction writes nearly all pages of the indexes anew, so
/// that their number makes the work grow faster than the documents. A person then waits for some 30 ms at most.
const CHUNK_OF_MANY: usize = 1_024;

/// Bytes of fresh documents kept in memory; beyond it they are read from the log again.
const FRESH_BYTES_MAX: usize = 24 << 20;

/// Finished chunks that may wait for the writer.
const WRITES_MAX: usize = 2;

/// Changes in a batch from which on more like it are expected.
const BATCH_OF_MANY: u32 = 100;

/// So long after such a batch documents that were here before wait: the next batch is stored first, with the whole machine.
const QUIET: Duration = Duration::from_millis(20);

/// They wait no longer than that however many batches come.
const WAIT_MAX: Duration = Duration::from_millis(500);

/// What the projector thread is told, in order.
enum Task {
    /// Documents are dirty, by so many changes; these are some of the documents.
    Fresh(Vec<Dirty>, u32),
    /// Somebody waits until nothing is dirty.
    Settle(Sender<()>),
}

/// The handle to the projector thread.
pub(crate) struct Projector {
    queue: Option<Sender<Task>>,
    waiting_bytes: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Projector {
    pub(crate) fn start(core: Arc<Core>) -> Result<Self> {
        let (queue, tasks) = unbounded();
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let waiting = waiting_bytes.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = stop.clone();
        let thread = std::thread::Builder::new()
            .name("posto-projector".into())
            .spawn(move || run(&core, &tasks, &waiting, &stopping))
            .map_err(|source| Error::file("start thread", "posto-projector", source))?;
        Ok(Self { queue: Some(queue), waiting_bytes, stop, thread: Some(thread) })
    }

    /// Tells the projector that `changes` made documents dirty; `fresh` are those of them that came with their only change:
    /// nothing has to be read back for these.
    pub(crate) fn feed(&self, fresh: Vec<Dirty>, changes: u32) {
        let bytes = bytes_of(&fresh);
        let fits = self.waiting_bytes.load(Ordering::Relaxed) + bytes <= FRESH_BYTES_MAX;
        let fresh = if fits { fresh } else { Vec::new() };
        self.waiting_bytes.fetch_add(bytes_of(&fresh), Ordering::Relaxed);
        if let Some(queue) = &self.queue {
            drop(queue.send(Task::Fresh(fresh, changes)));
        }
    }

    /// Waits until all that was fed is projected, or failed.
    pub(crate) fn settle(&self) {
        let (done, settled) = bounded(1);
        if let Some(queue) = &self.queue {
            drop(queue.send(Task::Settle(done)));
            // A projector that ended answers by dropping the other side.
            let _ = settled.recv();
        }
    }
}

impl Drop for Projector {
    fn drop(&mut self) {
        // What is left stays dirty and is the next start's first work.
        self.stop.store(true, Ordering::Relaxed);
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn run(core: &Core, tasks: &Receiver<Task>, waiting: &AtomicUsize, stop: &AtomicBool) {
    let stopping = || stop.load(Ordering::Relaxed);
    let interrupted = || stopping() || !tasks.is_empty();
    // What an earlier run left behind comes first.
    report(project_dirty(core, &interrupted));
    // Since when documents wait for the batches to end.
    let mut held_since = None;
    loop {
        match next(tasks, held_since) {
            Ok(Task::Fresh(fresh, changes)) => {
                let bytes = bytes_of(&fresh);
                report(project_fresh(core, fresh, &stopping));
                waiting.fetch_sub(bytes, Ordering::Relaxed);
                if changes >= BATCH_OF_MANY {
                    held_since.get_or_insert_with(Instant::now);
                } else if tasks.is_empty() {
                    report(project_dirty(core, &interrupted));
                }
            }
            Ok(Task::Settle(done)) => {
                report(project_dirty(core, &stopping));
                held_since = None;
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => {
                report(project_dirty(core, &interrupted));
                held_since = None;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn next(tasks: &Receiver<Task>, held_since: Option<Instant>) -> Result<Task, RecvTimeoutError> {
    match held_since {
        None => tasks.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(since) => tasks.recv_deadline((Instant::now() + QUIET).min(since + WAIT_MAX)),
    }
}

/// What fails stays dirty and is tried again with the next batch, or at the next start.
fn report(result: Result<()>) {
    match result {
        Ok(()) | Err(Error::Closed) => {}
        Err(error) => tracing::warn!(%error, "read models are behind"),
    }
}

fn bytes_of(fresh: &[Dirty]) -> usize {
    fresh.iter().map(|fresh| fresh.stored.bytes()).sum()
}

/// What became of one document.
struct Projected {
    row: i64,
    id: DocumentId,
    kind: Kind,
    scope: Scope,
    last_change: i64,
    before: Before,
    outcome: Outcome,
}

enum Outcome {
    Rows(Projection),
    Broken(DocumentError),
}

impl Dirty {
    fn project(self) -> Projected {
        let Self { row, id, kind, scope, last_change, before, stored } = self;
        let outcome = match stored.plain_value(kind) {
            Some(value) => Outcome::Rows(Projection::of_value(kind, value)),
            None => stored
                .open(kind)
                .and_then(|document| Projection::of(&document).map_err(unwrap_document_error))
                .map_or_else(Outcome::Broken, Outcome::Rows),
        };
        Projected { row, id, kind, scope, last_change, before, outcome }
    }
}

/// Projections only fail for their document.
fn unwrap_document_error(error: Error) -> DocumentError {
    match error {
        Error::Document(error) => Arc::try_unwrap(error).unwrap_or(DocumentError::UnknownHeads),
        _ => DocumentError::UnknownHeads,
    }
}

fn project_fresh(core: &Core, fresh: Vec<Dirty>, stopping: &dyn Fn() -> bool) -> Result<()> {
    let mut writes = Writes::new(core);
    let size = chunk_size(fresh.len());
    let mut fresh = fresh.into_iter().peekable();
    while fresh.peek().is_some() && !stopping() {
        let chunk: Vec<Dirty> = fresh.by_ref().take(size).collect();
        writes.push(chunk.into_par_iter().map(Dirty::project).collect())?;
    }
    writes.finish()
}

fn chunk_size(waiting: usize) -> usize {
    if waiting > CHUNK { CHUNK_OF_MANY } else { CHUNK }
}

/// Brings every dirty document up to date, until none is left or `interrupted`.
pub(crate) fn project_dirty(core: &Core, interrupted: &dyn Fn() -> bool) -> Result<()> {
    let mut writes = Writes::new(core);
    let (mut after, mut size) = (0, CHUNK);
    while !interrupted() {
        let chunk = core.read(|r| r.dirty_documents(after, size))?;
        let Some(last) = chunk.last() else { break };
        after = last.row;
        if chunk.len() == size {
            size = CHUNK_OF_MANY;
        }
        writes.push(chunk.into_par_iter().map(Dirty::project).collect())?;
    }
    writes.finish()
}

/// Keeps the writer busy with finished chunks while the next is computed.
struct Writes<'c> {
    core: &'c Core,
    waiting: std::collections::VecDeque<Pending<(), Error>>,
}

impl<'c> Writes<'c> {
    fn new(core: &'c Core) -> Self {
        Self { core, waiting: std::collections::VecDeque::new() }
    }

    fn push(&mut self, projected: Vec<Projected>) -> Result<()> {
        while self.waiting.len() >= WRITES_MAX {
            self.wait_one()?;
        }
        self.waiting.push_back(self.core.writer.submit(Lane::Derived, move |tx| {
            projected.into_iter().try_for_each(|projected| tx.take_projected(projected))
        }));
        Ok(())
    }

    fn wait_one(&mut self) -> Result<()> {
        self.waiting.pop_front().map_or(Ok(()), Pending::wait)
    }

    fn finish(mut self) -> Result<()> {
        while !self.waiting.is_empty() {
            self.wait_one()?;
        }
        Ok(())
    }
}

impl ReadTx<'_> {
    /// Whether all read models are level with the log.
    ///
    /// # Errors
    /// Of the database.
    pub fn is_projected(&self) -> Result<bool> {
        Ok(!self.statement("SELECT 1 FROM dirty LIMIT 1")?.exists([])?)
    }

    fn dirty_documents(&self, after: i64, limit: usize) -> Result<Vec<Dirty>> {
        let mut statement = self.statement(
            "SELECT d.id, d.uid, d.kind, d.last_change, s.name
             FROM dirty x JOIN document d ON d.id = x.document JOIN scope s ON s.id = d.scope
             WHERE x.document > ?1 ORDER BY x.document LIMIT ?2",
        )?;
        let mut rows = statement.query([after, limit as i64])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let document: i64 = row.get(0)?;
            let scope: String = row.get(4)?;
            found.push(Dirty {
                row: document,
                id: DocumentId::from_bytes(row.get(1)?),
                kind: Kind::from_code(row.get(2)?),
                scope: scope.parse().map_err(|_| Error::Unreadable("scope name"))?,
                last_change: row.get(3)?,
                before: Before::Unknown,
                stored: self.stored_document(document)?,
            });
        }
        Ok(found)
    }
}

impl WriteTx<'_> {
    /// Takes finished rows, unless the document has changed (or gone) since they were computed: then
    /// it is still dirty and its turn comes again.
    fn take_projected(&self, projected: Projected) -> Result<()> {
        let Projected { row, id, kind, scope, last_change, before, outcome } = projected;
        let Some((_, state)) = self.change_and_state_of(row)?.filter(|(newest, _)| *newest == last_change)
        else {
            return Ok(());
        };
        if self.statement("DELETE FROM dirty WHERE document = ?1")?.execute([row])? == 0 {
            // Somebody was faster.
            return Ok(());
        }
        match outcome {
            Outcome::Rows(projection) => {
                if state != DocumentState::Fine {
                    self.set_document_state(row, DocumentState::Fine)?;
                }
                self.apply_projection(row, &projection, before)?;
                self.announce(StoreEvent::DocumentChanged { id, kind, scope });
            }
            Outcome::Broken(DocumentError::NeedsNewer { .. } | DocumentError::UnknownKind(_)) => {
                self.set_document_state(row, DocumentState::NeedsNewer)?;
            }
            Outcome::Broken(error) => {
                tracing::error!(%id, %kind, %error, "document quarantined");
                self.quarantine(row, &error.to_string())?;
                self.announce(StoreEvent::Quarantined { id, kind });
            }
        }
        Ok(())
    }

    fn change_and_state_of(&self, row: i64) -> Result<Option<(i64, DocumentState)>> {
        let mut statement = self.statement("SELECT last_change, state FROM document WHERE id = ?1")?;
        let mut rows = statement.query([row])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some((row.get(0)?, DocumentState::from_code(row.get(1)?))))
    }
}
