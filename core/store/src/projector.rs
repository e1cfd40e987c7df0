//! Read models behind the log: documents that the other side changed are opened here, on threads of
//! their own, and the writer only takes the finished rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};
use posto_documents::{Document, Error as DocumentError};
use posto_domain::id::DocumentId;
use posto_domain::{Kind, Scope};
use rayon::prelude::*;

use crate::core::Core;
use crate::document::DocumentState;
use crate::error::{Error, Result};
use crate::event::StoreEvent;
use crate::first_change;
use crate::read_model::{Before, Projection};
use crate::reply::Pending;
use crate::transaction::{ReadTx, WriteTx};
use crate::writer::Lane;

/// A document that came with its first and only change: nothing has to be read back for it.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) row: i64,
    pub(crate) id: DocumentId,
    pub(crate) kind: Kind,
    pub(crate) scope: Scope,
    pub(crate) last_change: i64,
    pub(crate) bytes: Vec<u8>,
}

/// Documents per transaction: long enough to share its cost, short enough not to hold up a person.
const CHUNK: usize = 256;

/// Bytes of fresh documents kept in memory; beyond it they are read from the log again.
const FRESH_BYTES_MAX: usize = 24 << 20;

/// Finished chunks that may wait for the writer.
const WRITES_MAX: usize = 2;

/// The handle to the projector thread.
pub(crate) struct Projector {
    queue: Option<Sender<Vec<Fresh>>>,
    waiting_bytes: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Projector {
    pub(crate) fn start(core: Arc<Core>) -> Result<Self> {
        let (queue, batches) = unbounded();
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let waiting = waiting_bytes.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = stop.clone();
        let thread = std::thread::Builder::new()
            .name("posto-projector".into())
            .spawn(move || run(&core, &batches, &waiting, &stopping))
            .map_err(|source| Error::file("start thread", "posto-projector", source))?;
        Ok(Self { queue: Some(queue), waiting_bytes, stop, thread: Some(thread) })
    }

    /// Tells the projector that documents are dirty; `fresh` are some of them.
    pub(crate) fn feed(&self, fresh: Vec<Fresh>) {
        let bytes: usize = fresh.iter().map(|fresh| fresh.bytes.len()).sum();
        let fits = self.waiting_bytes.load(Ordering::Relaxed) + bytes <= FRESH_BYTES_MAX;
        let fresh = if fits { fresh } else { Vec::new() };
        self.waiting_bytes.fetch_add(fresh.iter().map(|fresh| fresh.bytes.len()).sum(), Ordering::Relaxed);
        if let Some(queue) = &self.queue {
            drop(queue.send(fresh));
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

fn run(core: &Core, batches: &Receiver<Vec<Fresh>>, waiting: &AtomicUsize, stop: &AtomicBool) {
    let stopping = || stop.load(Ordering::Relaxed);
    let interrupted = || stopping() || !batches.is_empty();
    // What an earlier run left behind comes first.
    report(project_dirty(core, &interrupted));
    while let Ok(fresh) = batches.recv() {
        let bytes = fresh.iter().map(|fresh| fresh.bytes.len()).sum();
        report(project_fresh(core, fresh, &stopping));
        waiting.fetch_sub(bytes, Ordering::Relaxed);
        if batches.is_empty() {
            report(project_dirty(core, &interrupted));
        }
    }
}

/// What fails stays dirty and is tried again with the next batch, or at the next start.
fn report(result: Result<()>) {
    match result {
        Ok(()) | Err(Error::Closed) => {}
        Err(error) => tracing::warn!(%error, "read models are behind"),
    }
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

fn project_fresh(core: &Core, fresh: Vec<Fresh>, stopping: &dyn Fn() -> bool) -> Result<()> {
    let mut writes = Writes::new(core);
    let mut fresh = fresh.into_iter().peekable();
    while fresh.peek().is_some() && !stopping() {
        let chunk: Vec<Fresh> = fresh.by_ref().take(CHUNK).collect();
        let projected = chunk.into_par_iter().map(|fresh| {
            let outcome = first_change::record(fresh.kind, &fresh.bytes)
                .map_or_else(|| Document::load(fresh.kind, [&fresh.bytes])?.value(), Ok)
                .map_or_else(Outcome::Broken, |value| Outcome::Rows(Projection::of_value(fresh.kind, value)));
            let Fresh { row, id, kind, scope, last_change, .. } = fresh;
            Projected { row, id, kind, scope, last_change, before: Before::Nothing, outcome }
        });
        writes.push(projected.collect())?;
    }
    writes.finish()
}

/// Brings every dirty document up to date, until none is left or `interrupted`.
pub(crate) fn project_dirty(core: &Core, interrupted: &dyn Fn() -> bool) -> Result<()> {
    let mut writes = Writes::new(core);
    let mut after = 0;
    while !interrupted() {
        let chunk = core.read(|r| r.dirty_documents(after, CHUNK))?;
        let Some(last) = chunk.last() else { break };
        after = last.row;
        let projected = chunk.into_par_iter().map(|dirty| {
            let outcome = match dirty.first_record() {
                Some(value) => Outcome::Rows(Projection::of_value(dirty.kind, value)),
                None => dirty
                    .load()
                    .and_then(|document| Projection::of(&document).map_err(unwrap_document_error))
                    .map_or_else(Outcome::Broken, Outcome::Rows),
            };
            let Dirty { row, id, kind, scope, last_change, .. } = dirty;
            Projected { row, id, kind, scope, last_change, before: Before::Unknown, outcome }
        });
        writes.push(projected.collect())?;
    }
    writes.finish()
}

/// Projections only fail for their document.
fn unwrap_document_error(error: Error) -> DocumentError {
    match error {
        Error::Document(error) => Arc::try_unwrap(error).unwrap_or(DocumentError::UnknownHeads),
        _ => DocumentError::UnknownHeads,
    }
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
        self.waiting.push_back(self.core.writer.submit(Lane::Background, move |tx| {
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

/// A dirty document with all it takes to open it.
struct Dirty {
    row: i64,
    id: DocumentId,
    kind: Kind,
    scope: Scope,
    last_change: i64,
    snapshot: Option<Vec<u8>>,
    tail: Vec<Vec<u8>>,
}

impl Dirty {
    /// The record, when the document has its first change only.
    fn first_record(&self) -> Option<serde_json::Value> {
        match (self.snapshot.as_ref(), self.tail.as_slice()) {
            (None, [only]) => first_change::record(self.kind, only),
            _ => None,
        }
    }

    fn load(&self) -> Result<Document, DocumentError> {
        match &self.snapshot {
            Some(snapshot) => Document::load_snapshot(self.kind, snapshot, &self.tail),
            None => Document::load(self.kind, &self.tail),
        }
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
            let (snapshot, tail) = self.stored_document(document)?;
            let scope: String = row.get(4)?;
            found.push(Dirty {
                row: document,
                id: DocumentId::from_bytes(row.get(1)?),
                kind: Kind::from_code(row.get(2)?),
                scope: scope.parse().map_err(|_| Error::Unreadable("scope name"))?,
                last_change: row.get(3)?,
                snapshot: snapshot.map(|(_, bytes)| bytes),
                tail,
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
        if self.last_change_of(row)? != Some(last_change) {
            return Ok(());
        }
        if self.statement("DELETE FROM dirty WHERE document = ?1")?.execute([row])? == 0 {
            // Somebody was faster.
            return Ok(());
        }
        match outcome {
            Outcome::Rows(projection) => {
                if before == Before::Unknown {
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

    fn last_change_of(&self, row: i64) -> Result<Option<i64>> {
        let mut statement = self.statement("SELECT last_change FROM document WHERE id = ?1")?;
        let mut rows = statement.query([row])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }
}
