//! What waits for the server: reading it in batches, and taking note of the answers.

use posto_sync::batch::{self, EncodeOptions};
use posto_sync::{ChangeHash, ChangeRecord, DocId, KindCode, LocalSeq, RefusedChange, ScopeName, ScopeState};
use rusqlite::params;

use super::bases::KindBases;
use crate::change::{ChangeState, STATE, read_hash, split_hash};
use crate::error::Result;
use crate::store::Store;
use crate::transaction::{ReadTx, WriteTx};
use crate::writer::Lane;

pub(super) struct PendingBatch {
    pub(super) batch: Option<Vec<u8>>,
    pub(super) changes: u32,
    pub(super) last: LocalSeq,
    pub(super) more: bool,
}

impl Store {
    pub(super) fn read_pending(
        &self,
        scope: &ScopeName,
        after: LocalSeq,
        max_bytes: usize,
        verbatim: bool,
    ) -> Result<PendingBatch> {
        let (changes, last, more) = self.read(|r| r.gather_pending(scope.as_str(), after, max_bytes))?;
        if changes.is_empty() {
            return Ok(PendingBatch { batch: None, changes: 0, last: after, more: false });
        }
        let options = EncodeOptions { verbatim, full_dependencies: false };
        let encoded = batch::encode(&changes, &KindBases, options)?;
        Ok(PendingBatch { batch: Some(encoded.bytes), changes: encoded.changes, last, more })
    }

    pub(super) fn mark_acked(
        &self,
        scope: &ScopeName,
        after: LocalSeq,
        up_to: LocalSeq,
        refused: Vec<RefusedChange>,
    ) -> Result<ScopeState> {
        let scope = scope.clone();
        self.submit(Lane::Background, move |tx| {
            let row = tx.scope_row(scope.as_str())?;
            for change in &refused {
                tx.refuse(row, change)?;
            }
            tx.acknowledge_range(row, after, up_to)?;
            tx.current_scope_state(row)
        })
        .wait()
    }

    pub(super) fn mark_pending(&self, scope: &ScopeName, hashes: Vec<ChangeHash>) -> Result<ScopeState> {
        let scope = scope.clone();
        self.submit(Lane::Background, move |tx| {
            let row = tx.scope_row(scope.as_str())?;
            if !hashes.is_empty() {
                tx.offer_blobs_again()?;
            }
            for hash in hashes {
                let Some((local_seq, ChangeState::Shared)) = tx.find_in_scope(row, &hash)? else { continue };
                tx.set_change_state(row, local_seq, &hash.0, ChangeState::Pending)?;
                tx.uncount_change(row, ChangeState::Shared, &hash.0);
                tx.count_change(row, ChangeState::Pending, &hash.0);
            }
            tx.current_scope_state(row)
        })
        .wait()
    }
}

impl ReadTx<'_> {
    fn gather_pending(
        &self,
        scope: &str,
        after: LocalSeq,
        max_bytes: usize,
    ) -> Result<(Vec<ChangeRecord>, LocalSeq, bool)> {
        let Some(scope) = self.find_scope_row(scope)? else { return Ok((Vec::new(), after, false)) };
        let mut statement = self.statement(
            "SELECT c.local_seq, d.uid, d.kind, c.hash8, c.hash24, c.bytes
             FROM pending p CROSS JOIN change c ON c.local_seq = p.local_seq
             CROSS JOIN document d ON d.id = c.document
             WHERE p.scope = ?1 AND p.local_seq > ?2 ORDER BY p.local_seq",
        )?;
        let mut rows = statement.query(params![scope, after.0 as i64])?;
        let (mut changes, mut last, mut gathered) = (Vec::new(), after, 0);
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(5)?;
            let full =
                gathered + bytes.len() > max_bytes || changes.len() >= posto_sync::limits::BATCH_CHANGES_MAX;
            if full && !changes.is_empty() {
                return Ok((changes, last, true));
            }
            gathered += bytes.len();
            last = LocalSeq(row.get::<_, i64>(0)? as u64);
            changes.push(ChangeRecord {
                doc: DocId(row.get(1)?),
                kind: KindCode(row.get(2)?),
                hash: ChangeHash(read_hash(row, 3)?),
                bytes,
            });
        }
        Ok((changes, last, false))
    }

    /// Every hash in the scope's count.
    pub(super) fn list_hashes(&self, scope: &str) -> Result<Vec<ChangeHash>> {
        let Some(scope) = self.find_scope_row(scope)? else { return Ok(Vec::new()) };
        let mut statement =
            self.statement("SELECT hash8, hash24 FROM change WHERE scope = ?1 AND state < 2")?;
        let rows = statement.query_map([scope], |row| read_hash(row, 0).map(ChangeHash))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The scope's change with this hash, its state included.
    pub(super) fn find_in_scope(&self, scope: i64, hash: &ChangeHash) -> Result<Option<(i64, ChangeState)>> {
        let (hash8, hash24) = split_hash(&hash.0);
        let mut statement = self.statement(&format!(
            "SELECT c.local_seq, {STATE} FROM change c INDEXED BY change_hash
             WHERE c.hash8 = ?1 AND c.hash24 = ?2 AND c.scope = ?3"
        ))?;
        let mut rows = statement.query(params![hash8, hash24, scope])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some((row.get(0)?, ChangeState::from_code(row.get(1)?))))
    }
}

impl WriteTx<'_> {
    fn acknowledge_range(&self, scope: i64, after: LocalSeq, up_to: LocalSeq) -> Result<()> {
        let range = params![scope, after.0 as i64, up_to.0 as i64];
        {
            let mut statement = self.statement(
                "SELECT hash FROM pending WHERE scope = ?1 AND local_seq > ?2 AND local_seq <= ?3",
            )?;
            let mut rows = statement.query(range)?;
            while let Some(row) = rows.next()? {
                let hash: [u8; 32] = row.get(0)?;
                self.uncount_change(scope, ChangeState::Pending, &hash);
                self.count_change(scope, ChangeState::Shared, &hash);
            }
        }
        self.statement("DELETE FROM pending WHERE scope = ?1 AND local_seq > ?2 AND local_seq <= ?3")?
            .execute(range)?;
        Ok(())
    }
}
