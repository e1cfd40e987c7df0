//! Behind the acknowledgement: opens what changed, notes what does not open, keeps the figures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use posto_documents::{ChangeHash, Document};
use posto_domain::{ClinicId, Kind, NodeId, Scope};
use rayon::prelude::*;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::directory::{Directory, DirectoryError};
use crate::revocation::Revocations;
use crate::storage::table::change::LoggedChange;
use crate::storage::table::document::{DocumentRow, DocumentRowId, DocumentState};
use crate::storage::table::scope::ScopeRow;
use crate::storage::table::{change, document, document_fault, number_range, scope};
use crate::storage::{Db, DbError, Tx};

/// Documents that one step opens; bounds its memory.
const STEP_DOCUMENTS: usize = 256;
/// A node gets its next range of record numbers when fewer than this are left.
const NUMBERS_LEFT_MIN: i64 = posto_domain::record_number::RANGE_SIZE_DEFAULT / 2;

/// The projector waits until no session has asked for anything for this long: acknowledgements and feeds go first.
const QUIET: Duration = Duration::from_millis(300);
/// A server that is never quiet gets a step in this often.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Tells the projector that there is work, and when the sessions are busy.
#[derive(Clone)]
pub(crate) struct Wake(Arc<Shared>);

struct Shared {
    work: Notify,
    busy_at: Mutex<Instant>,
}

impl Default for Wake {
    fn default() -> Self {
        Self(Arc::new(Shared { work: Notify::new(), busy_at: Mutex::new(Instant::now()) }))
    }
}

impl Wake {
    pub(crate) fn wake(&self) {
        self.0.work.notify_one();
    }

    /// A session has just asked for something.
    pub(crate) fn busy(&self) {
        *self.0.busy_at.lock() = Instant::now();
    }

    async fn quiet(&self) {
        let begun = Instant::now();
        loop {
            let idle = self.0.busy_at.lock().elapsed();
            if idle >= QUIET || begun.elapsed() >= WAIT_MAX {
                return;
            }
            tokio::time::sleep(QUIET - idle).await;
        }
    }
}

/// What opening a document told.
struct Finding {
    id: DocumentRowId,
    fault: Option<String>,
    record_number: Option<i64>,
}

/// Follows every scope's log.
pub(crate) struct Projector {
    pub db: Db,
    pub directory: Arc<Directory>,
    /// Whom no restored database may let in again, also not by what nodes bring back.
    pub revocations: Revocations,
    pub wake: Wake,
    /// Called after each step that changed something to show.
    pub changed: Box<dyn Fn() + Send + Sync>,
}

impl Projector {
    pub(crate) async fn run(self, stop: CancellationToken) {
        let this = Arc::new(self);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = this.wake.quiet() => {}
            }
            let worker = Arc::clone(&this);
            let done = tokio::task::spawn_blocking(move || worker.step_all()).await;
            match done {
                Ok(Ok(true)) => continue,
                Ok(Ok(false)) => {}
                Ok(Err(error)) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the projector failed")
                }
                Err(_) => tracing::error!("the projector panicked"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = this.wake.0.work.notified() => {}
            }
        }
    }

    /// One step in every scope that is behind; true when there may be more.
    pub(crate) fn step_all(&self) -> Result<bool, DirectoryError> {
        let scopes = self.db.read_blocking::<_, DbError, _>(scope::list)?;
        let mut more = false;
        for row in scopes.into_iter().filter(|row| row.projected < row.head) {
            more |= self.step(&row)?;
        }
        Ok(more)
    }

    fn step(&self, row: &ScopeRow) -> Result<bool, DirectoryError> {
        let (documents, loaded) = self.db.read_blocking::<_, DbError, _>(|tx| {
            let documents = document::changed_between(tx, row.id, row.projected, row.head, STEP_DOCUMENTS)?;
            let changes = documents
                .iter()
                .map(|found| change::of_document(tx, row.id, found.id, row.head))
                .collect::<Result<Vec<_>, _>>()?;
            Ok((documents, changes))
        })?;
        let full = documents.len() == STEP_DOCUMENTS;
        let reached = if full { documents.last().map_or(row.head, |last| last.last_seq) } else { row.head };
        let findings: Vec<Finding> =
            documents.par_iter().zip(loaded).map(|(found, changes)| open(found, &changes)).collect();
        let (scope_id, clinic, now_ms) = (row.id, row.clinic, self.directory.now_ms());
        let wanting = self.db.write_blocking::<_, DbError, _>(move |tx| {
            let wanting = keep(tx, clinic, &findings, now_ms)?;
            scope::set_projected(tx, scope_id, reached)?;
            Ok(wanting)
        })?;
        for node in wanting {
            self.refill(row, node)?;
        }
        if matches!(row.scope, Scope::Directory(_)) {
            self.revocations.apply(&self.db, &self.directory)?;
        }
        (self.changed)();
        Ok(full || reached < row.head)
    }

    /// Reserves the next numbers for a node that has used up half of what it had.
    fn refill(&self, row: &ScopeRow, node: NodeId) -> Result<(), DirectoryError> {
        let (directory, clinic) = (Arc::clone(&self.directory), row.clinic);
        self.db.write_blocking(move |tx| {
            let left: i64 = number_range::of_node(tx, node)?.iter().map(|range| range.left()).sum();
            if left <= NUMBERS_LEFT_MIN { directory.grant_numbers(tx, clinic, node) } else { Ok(()) }
        })
    }
}

fn open(found: &DocumentRow, changes: &[LoggedChange]) -> Finding {
    let kind = Kind::from_code(found.kind.0);
    let none = Finding { id: found.id, fault: None, record_number: None };
    if matches!(kind, Kind::Unknown(_)) {
        return none;
    }
    let named: Vec<_> = changes
        .iter()
        .map(|change| (ChangeHash(change.record.hash.0), change.record.bytes.as_slice()))
        .collect();
    // Not opened by Automerge as long as nothing competes in it: of a first upload that is every one.
    let document = Document::read(kind, named.iter().map(|(hash, bytes)| (hash, *bytes)));
    let value = document.and_then(|document| document.value());
    match value {
        Ok(value) => {
            Finding { record_number: value.get("record_number").and_then(serde_json::Value::as_i64), ..none }
        }
        Err(error) => Finding { fault: Some(error.to_string()), ..none },
    }
}

/// Writes findings down; answers the nodes whose ranges moved.
fn keep(tx: &Tx<'_>, clinic: ClinicId, findings: &[Finding], now_ms: i64) -> Result<Vec<NodeId>, DbError> {
    let mut moved = Vec::new();
    for finding in findings {
        match &finding.fault {
            Some(reason) => {
                tracing::error!(
                    document = finding.id.0,
                    reason,
                    "a document does not open; it was set aside"
                );
                metrics::counter!("posto_documents_quarantined_total").increment(1);
                document_fault::set(tx, finding.id, reason, now_ms)?;
                document::set_state(tx, finding.id, DocumentState::Quarantined)?;
            }
            None => {
                if document_fault::clear(tx, finding.id)? {
                    document::set_state(tx, finding.id, DocumentState::Good)?;
                }
            }
        }
        if let Some(number) = finding.record_number
            && let Some(node) = number_range::set_used(tx, clinic, number)?
        {
            moved.push(node);
        }
    }
    moved.sort_unstable();
    moved.dedup();
    Ok(moved)
}

/// How far the read models are behind the logs: scopes and changes.
pub(crate) fn lag(scopes: &[ScopeRow]) -> (usize, u64) {
    let behind = |row: &&ScopeRow| row.projected < row.head;
    let changes = scopes.iter().map(|row| row.head.0.saturating_sub(row.projected.0)).sum();
    (scopes.iter().filter(behind).count(), changes)
}
