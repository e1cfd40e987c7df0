//! The first download: whole documents, those changed last first.

use std::sync::Arc;

use posto_domain::NodeId;
use posto_sync::batch::EncodeOptions;
use posto_sync::hub::HubAnswer;
use posto_sync::limits::{BATCH_CHANGES_MAX, BATCH_RAW_BYTES_MAX};
use posto_sync::{ChangeRecord, Epoch, ScopeName, Seq};

use super::feed::count;
use super::pages::Key;
use super::{Hub, HubError, rights};
use crate::storage::Tx;
use crate::storage::table::change::{self, Step};
use crate::storage::table::scope::ScopeRow;

/// Which documents are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub as_of: Seq,
    pub before: Seq,
    pub max_bytes: usize,
    pub verbatim: bool,
}

/// A page as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Encoded {
    pub epoch: Epoch,
    pub batches: Vec<Vec<u8>>,
    pub changes: u32,
    pub before: Seq,
}

impl Hub {
    pub(super) fn bootstrap_page(
        &self,
        node: NodeId,
        scope: &ScopeName,
        page: &Page,
    ) -> Result<HubAnswer, HubError> {
        let row = self.db.read_blocking(|tx| rights::scope_of(tx, node, scope))?;
        let make = || self.make_page(node, scope, page);
        // What lies beyond the head may yet be written.
        let made = if page.as_of <= row.head {
            let key = Key { scope: row.id, epoch: row.epoch, page: *page };
            self.pages.get_or_make(self.clock.now_ms(), key, make)?
        } else {
            Arc::new(make()?)
        };
        let Encoded { epoch, batches, changes, before } =
            Arc::try_unwrap(made).unwrap_or_else(|shared| (*shared).clone());
        Ok(HubAnswer::BootstrapPage { epoch, batches, changes, before })
    }

    fn make_page(&self, node: NodeId, scope: &ScopeName, page: &Page) -> Result<Encoded, HubError> {
        let (epoch, documents, before) = self.db.read_blocking(|tx| read_page(tx, node, scope, page))?;
        let options = EncodeOptions { verbatim: page.verbatim, full_dependencies: false };
        let mut batches = Vec::new();
        let mut changes = 0;
        for records in into_batches(documents) {
            changes += count(&records);
            batches.extend(self.encode(&records, options)?);
        }
        Ok(Encoded { epoch, batches, changes, before })
    }
}

type Documents = Vec<Vec<ChangeRecord>>;

fn read_page(
    tx: &Tx<'_>,
    node: NodeId,
    scope: &ScopeName,
    page: &Page,
) -> Result<(Epoch, Documents, Seq), HubError> {
    let row = rights::scope_of(tx, node, scope)?;
    let (mut documents, mut bytes, mut lowest, mut changes) = (Documents::new(), 0, Seq(0), 0);
    let mut whole = true;
    change::walk_down(tx, row.id, page.as_of, page.before, |step| {
        if !is_anchor(tx, &row, page.as_of, &step)? {
            return Ok(true);
        }
        if bytes >= page.max_bytes || changes >= BATCH_CHANGES_MAX {
            whole = false;
            return Ok(false);
        }
        let records = change::of_document(tx, row.id, step.document, page.as_of)?;
        bytes += records.iter().map(|change| change.record.bytes.len()).sum::<usize>();
        changes += records.len();
        documents.push(records.into_iter().map(|change| change.record).collect());
        lowest = step.seq;
        Ok(true)
    })?;
    Ok((row.epoch, documents, if whole { Seq(0) } else { lowest }))
}

/// Whether a row of the log is its document's newest as of the download's beginning.
fn is_anchor(
    tx: &Tx<'_>,
    scope: &ScopeRow,
    as_of: Seq,
    step: &Step,
) -> Result<bool, crate::storage::DbError> {
    if step.document_last_seq == step.seq {
        return Ok(true);
    }
    if step.document_last_seq <= as_of {
        return Ok(false);
    }
    // Changed since: look whether anything lies between this row and the beginning.
    Ok(!change::any_between(tx, scope.id, step.document, step.seq, as_of)?)
}

/// One batch for all, but no batch over the limits: a document is split only when it alone exceeds them.
fn into_batches(documents: Documents) -> Vec<Vec<ChangeRecord>> {
    let mut batches = vec![Vec::new()];
    let mut bytes = 0;
    for records in documents {
        let size: usize = records.iter().map(|record| record.bytes.len()).sum();
        let full = |bytes: usize, held: usize, more: usize, count: usize| {
            held > 0 && (bytes + more > BATCH_RAW_BYTES_MAX || held + count > BATCH_CHANGES_MAX)
        };
        if full(bytes, batches.last().map_or(0, Vec::len), size, records.len()) {
            batches.push(Vec::new());
            bytes = 0;
        }
        for record in records {
            if full(bytes, batches.last().map_or(0, Vec::len), record.bytes.len(), 1) {
                batches.push(Vec::new());
                bytes = 0;
            }
            bytes += record.bytes.len();
            if let Some(batch) = batches.last_mut() {
                batch.push(record);
            }
        }
    }
    batches
}
