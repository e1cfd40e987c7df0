//! Reading the log for a node: what is new after its cursor, and single changes by hash.

use posto_domain::NodeId;
use posto_sync::batch::{self, EncodeOptions};
use posto_sync::hub::HubAnswer;
use posto_sync::limits::BATCH_CHANGES_MAX;
use posto_sync::{ChangeHash, ChangeRecord, Instance, ScopeName, Seq};

use super::{Hub, HubError, rights};
use crate::storage::table::change;

/// Which part of the log a feed wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub after: Seq,
    pub max_bytes: usize,
    pub exclude: Instance,
    pub verbatim: bool,
}

impl Hub {
    pub(super) fn read_feed(
        &self,
        node: NodeId,
        scope: &ScopeName,
        range: &Range,
    ) -> Result<HubAnswer, HubError> {
        let (row, changes, whole) = self.db.read_blocking::<_, HubError, _>(|tx| {
            let row = rights::scope_of(tx, node, scope)?;
            let (changes, whole) =
                change::after(tx, row.id, range.after, range.exclude, range.max_bytes, BATCH_CHANGES_MAX)?;
            Ok((row, changes, whole))
        })?;
        let cursor = match changes.last() {
            Some(last) if !whole => last.seq,
            _ => row.head,
        };
        let records: Vec<ChangeRecord> = changes.into_iter().map(|change| change.record).collect();
        let options = EncodeOptions { verbatim: range.verbatim, full_dependencies: false };
        Ok(HubAnswer::ReadFeed {
            epoch: row.epoch,
            changes: count(&records),
            batch: self.encode(&records, options)?,
            cursor,
            checkpoint: whole.then(|| row.checkpoint()),
        })
    }

    pub(super) fn list_hashes(&self, node: NodeId, scope: &ScopeName) -> Result<HubAnswer, HubError> {
        self.db.read_blocking(|tx| {
            let row = rights::scope_of(tx, node, scope)?;
            Ok(HubAnswer::ListHashes { state: rights::hub_state(&row)?, hashes: change::hashes(tx, row.id)? })
        })
    }

    pub(super) fn read_by_hash(
        &self,
        node: NodeId,
        scope: &ScopeName,
        hashes: Vec<ChangeHash>,
        max_bytes: usize,
        verbatim: bool,
    ) -> Result<HubAnswer, HubError> {
        let mut found = self.db.read_blocking::<_, HubError, _>(|tx| {
            let row = rights::scope_of(tx, node, scope)?;
            let mut found = Vec::with_capacity(hashes.len());
            for hash in &hashes {
                if let Some(place) = change::place_of(tx, row.id, hash)? {
                    found.push((place, *hash));
                }
            }
            // Log order: a change never comes before one it rests on.
            found.sort_unstable_by_key(|(place, _)| *place);
            let mut records = Vec::new();
            let mut bytes = 0;
            let mut rest = Vec::new();
            for (_, hash) in found {
                if !records.is_empty() && bytes >= max_bytes {
                    rest.push(hash);
                } else if let Some(change) = change::by_hash(tx, row.id, &hash)? {
                    bytes += change.record.bytes.len();
                    records.push(change.record);
                }
            }
            Ok((records, rest))
        })?;
        let options = EncodeOptions { verbatim, full_dependencies: true };
        Ok(HubAnswer::ReadByHash {
            changes: count(&found.0),
            batch: self.encode(&found.0, options)?,
            rest: std::mem::take(&mut found.1),
        })
    }

    /// One batch; `None` for no changes.
    pub(super) fn encode(
        &self,
        records: &[ChangeRecord],
        options: EncodeOptions,
    ) -> Result<Option<Vec<u8>>, HubError> {
        if records.is_empty() {
            return Ok(None);
        }
        Ok(Some(batch::encode(records, &self.bases, options)?.bytes))
    }
}

/// Batches are bounded far below this type's range.
pub(super) fn count(records: &[ChangeRecord]) -> u32 {
    u32::try_from(records.len()).unwrap_or(u32::MAX)
}
