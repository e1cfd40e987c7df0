//! A node's database in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use posto_sync::batch::{self, BaseHashes, DecodeLimits, DependencyResolver, EncodeOptions, HeldChange};
use posto_sync::node::{Advance, AppendOutcome, ChunkOutcome, NodeAnswer, NodeRequest};
use posto_sync::simulation::{NodeStore, plain_change};
use posto_sync::*;

/// No kind has base changes here.
pub(crate) struct NoBases;

impl BaseHashes for NoBases {
    fn base(&self, _: KindCode, _: u8) -> Option<ChangeHash> {
        None
    }

    fn index(&self, _: KindCode, _: &ChangeHash) -> Option<u8> {
        None
    }
}

/// Looks among held changes.
pub(crate) struct Among<'a>(pub Vec<&'a ChangeRecord>);

impl DependencyResolver for Among<'_> {
    fn resolve(&mut self, prefix: &[u8]) -> Option<HeldChange> {
        let mut found = self.0.iter().filter(|held| held.hash.0.starts_with(prefix));
        let first = found.next()?;
        found.next().is_none().then_some(HeldChange { doc: first.doc, kind: first.kind, hash: first.hash })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    Acked,
    Refused(ChangeRefusal),
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) record: ChangeRecord,
    pub(crate) status: Status,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct NodeScope {
    pub(crate) epoch: Option<Epoch>,
    pub(crate) cursor: Seq,
    pub(crate) bootstrap: Option<BootstrapPosition>,
    pub(crate) erasure_cursor: u64,
    pub(crate) rows: BTreeMap<u64, Row>,
    pub(crate) erased: BTreeSet<DocId>,
    pub(crate) index: HashMap<ChangeHash, u64>,
    last: u64,
}

impl NodeScope {
    fn state(&self, scope: &ScopeName) -> ScopeState {
        let mut state =
            ScopeState { epoch: self.epoch, cursor: self.cursor, ..ScopeState::empty(scope.clone()) };
        state.bootstrap = self.bootstrap;
        state.erasure_cursor = self.erasure_cursor;
        for row in self.rows.values() {
            if matches!(row.status, Status::Refused(_)) {
                continue;
            }
            state.count += 1;
            state.fingerprint.add(&row.record.hash);
            if row.status == Status::Pending {
                state.pending_count += 1;
                state.pending_fingerprint.add(&row.record.hash);
            }
        }
        state
    }

    pub(crate) fn insert(&mut self, record: ChangeRecord, status: Status) -> bool {
        if let Some(local) = self.index.get(&record.hash) {
            if let Some(row) = self.rows.get_mut(local) {
                row.status = status;
            }
            return false;
        }
        self.last += 1;
        self.index.insert(record.hash, self.last);
        self.rows.insert(self.last, Row { record, status });
        true
    }

    /// Hashes that count.
    pub(crate) fn hashes(&self) -> BTreeSet<ChangeHash> {
        let counted = self.rows.values().filter(|row| !matches!(row.status, Status::Refused(_)));
        counted.map(|row| row.record.hash).collect()
    }

    pub(crate) fn heads(&self, doc: DocId) -> Vec<ChangeHash> {
        self.rows
            .values()
            .rev()
            .filter(|row| row.record.doc == doc)
            .map(|row| row.record.hash)
            .take(1)
            .collect()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct NodeModel {
    pub(crate) instance: Instance,
    pub(crate) actor: Vec<u8>,
    pub(crate) actor_seq: u64,
    pub(crate) scopes: BTreeMap<ScopeName, NodeScope>,
    pub(crate) blobs: BTreeMap<BlobHash, Vec<u8>>,
    pub(crate) wanted: BTreeMap<BlobHash, (u64, Vec<u8>)>,
    pub(crate) unsent: BTreeSet<BlobHash>,
    /// The next so many chunk writes fail their check.
    pub(crate) bad_chunks: u32,
    /// The next so many batches do not decode.
    pub(crate) bad_batches: u32,
}

impl NodeModel {
    pub(crate) fn new(index: u8) -> Self {
        let mut actor = vec![index; 8];
        actor.extend_from_slice(&[0xaa; 8]);
        Self {
            instance: Instance(u64::from(index) + 1),
            actor,
            actor_seq: 0,
            scopes: BTreeMap::new(),
            blobs: BTreeMap::new(),
            wanted: BTreeMap::new(),
            unsent: BTreeSet::new(),
            bad_chunks: 0,
            bad_batches: 0,
        }
    }

    pub(crate) fn with_scope(mut self, scope: &ScopeName) -> Self {
        self.scopes.entry(scope.clone()).or_default();
        self
    }

    /// What a restore of a backup renews.
    pub(crate) fn renew(&mut self, by: u64) {
        self.instance = Instance(self.instance.0 + 1000 * by);
        self.actor[8..].copy_from_slice(&by.to_be_bytes());
        self.actor_seq = 0;
    }

    /// A local change of `doc`, on top of what is held.
    pub(crate) fn write(&mut self, scope: &ScopeName, doc: DocId, operations: &[u8]) -> Option<ChangeHash> {
        let held = self.scopes.get_mut(scope)?;
        if held.erased.contains(&doc) {
            return None;
        }
        self.actor_seq += 1;
        let deps = held.heads(doc);
        let record = plain_change(doc, KindCode(16), &deps, &self.actor, self.actor_seq, operations);
        let hash = record.hash;
        held.insert(record, Status::Pending);
        Some(hash)
    }

    fn append(&mut self, name: &ScopeName, batch: Option<Vec<u8>>, advance: Advance) -> AppendOutcome {
        let bad = batch.is_some() && self.bad_batches > 0;
        self.bad_batches = self.bad_batches.saturating_sub(u32::from(bad));
        let scope = self.scopes.entry(name.clone()).or_default();
        let records = match batch {
            _ if bad => return AppendOutcome::Corrupt,
            None => Vec::new(),
            Some(batch) => {
                let mut among = Among(scope.rows.values().map(|row| &row.record).collect());
                match batch::decode(&batch, &NoBases, &mut among, DecodeLimits::default()) {
                    Ok(records) => records,
                    Err(_) => return AppendOutcome::Corrupt,
                }
            }
        };
        let fits = match advance {
            Advance::Feed { epoch, after, .. } => {
                scope.epoch == Some(epoch) && scope.cursor == after && scope.bootstrap.is_none()
            }
            Advance::Bootstrap { epoch, .. } | Advance::BootstrapDone { epoch, .. } => {
                scope.cursor.0 == 0 && scope.epoch.is_none_or(|held| held == epoch)
            }
            Advance::Stay => true,
        };
        if !fits {
            return AppendOutcome::Stale;
        }
        let mut new = 0;
        for record in records {
            if !scope.erased.contains(&record.doc) {
                new += u32::from(scope.insert(record, Status::Acked));
            }
        }
        match advance {
            Advance::Feed { cursor, .. } => scope.cursor = cursor,
            Advance::Bootstrap { epoch, position } => {
                (scope.epoch, scope.bootstrap) = (Some(epoch), Some(position))
            }
            Advance::BootstrapDone { epoch, as_of } => {
                (scope.epoch, scope.cursor, scope.bootstrap) = (Some(epoch), as_of, None);
            }
            Advance::Stay => {}
        }
        AppendOutcome::Appended { state: scope.state(name), new }
    }

    fn read_pending(
        &self,
        scope: &ScopeName,
        after: LocalSeq,
        max_bytes: usize,
        verbatim: bool,
    ) -> NodeAnswer {
        let held = &self.scopes[scope];
        let mut pending = held.rows.range(after.0 + 1..).filter(|(_, row)| row.status == Status::Pending);
        let (mut records, mut bytes, mut last) = (Vec::new(), 0, after);
        for (local, row) in pending.by_ref() {
            bytes += row.record.bytes.len();
            records.push(row.record.clone());
            last = LocalSeq(*local);
            if bytes >= max_bytes {
                break;
            }
        }
        let more = pending.next().is_some();
        let options = EncodeOptions { verbatim, ..EncodeOptions::default() };
        let batch = (!records.is_empty()).then(|| batch::encode(&records, &NoBases, options).unwrap().bytes);
        NodeAnswer::ReadPending { batch, changes: records.len() as u32, last, more }
    }

    fn mark_acked(
        &mut self,
        name: &ScopeName,
        after: LocalSeq,
        up_to: LocalSeq,
        refused: &[RefusedChange],
    ) -> NodeAnswer {
        let scope = self.scopes.get_mut(name).unwrap();
        for refused in refused {
            if let Some(local) = scope.index.get(&refused.hash) {
                scope.rows.get_mut(local).unwrap().status = Status::Refused(refused.reason);
            }
        }
        if after < up_to {
            for (_, row) in scope.rows.range_mut(after.0 + 1..=up_to.0) {
                if row.status == Status::Pending {
                    row.status = Status::Acked;
                }
            }
        }
        NodeAnswer::Scope(scope.state(name))
    }

    fn erase(&mut self, name: &ScopeName, entries: &[Erasure], cursor: u64) -> NodeAnswer {
        let scope = self.scopes.get_mut(name).unwrap();
        scope.erased.extend(entries.iter().map(|entry| entry.doc));
        scope.rows.retain(|_, row| !scope.erased.contains(&row.record.doc));
        scope.index = scope.rows.iter().map(|(local, row)| (row.record.hash, *local)).collect();
        scope.erasure_cursor = cursor;
        NodeAnswer::Scope(scope.state(name))
    }

    fn list_blobs(&self) -> BlobWork {
        let upload = self.unsent.iter().map(|blob| {
            let size = self.blobs[blob].len() as u64;
            BlobProgress { blob: *blob, size, chunks_held: BlobProgress::chunk_count(size) }
        });
        let download = self.wanted.iter().map(|(blob, (size, held))| BlobProgress {
            blob: *blob,
            size: *size,
            chunks_held: BlobProgress::chunk_count(held.len() as u64),
        });
        BlobWork { upload: upload.collect(), download: download.collect() }
    }

    fn write_chunk(&mut self, blob: BlobHash, size: u64, bytes: &[u8]) -> ChunkOutcome {
        let (_, held) = self.wanted.get_mut(&blob).unwrap();
        if self.bad_chunks > 0 {
            self.bad_chunks -= 1;
            held.clear();
            return ChunkOutcome::Mismatch(BlobProgress { blob, size, chunks_held: 0 });
        }
        held.extend_from_slice(bytes);
        let chunks_held = BlobProgress::chunk_count(held.len() as u64);
        if held.len() as u64 >= size {
            let (_, content) = self.wanted.remove(&blob).unwrap();
            self.blobs.insert(blob, content);
        }
        ChunkOutcome::Stored(BlobProgress { blob, size, chunks_held })
    }
}

impl NodeStore for NodeModel {
    fn answer(&mut self, request: NodeRequest) -> Result<NodeAnswer, StoreFailure> {
        Ok(match request {
            NodeRequest::LoadReplica => NodeAnswer::LoadReplica {
                instance: self.instance,
                scopes: self.scopes.iter().map(|(name, scope)| scope.state(name)).collect(),
            },
            NodeRequest::ReadPending { scope, after, max_bytes, verbatim } => {
                self.read_pending(&scope, after, max_bytes.min(2_000), verbatim)
            }
            NodeRequest::Append { scope, batch, advance } => {
                NodeAnswer::Append(self.append(&scope, batch, advance))
            }
            NodeRequest::MarkAcked { scope, after, up_to, refused } => {
                self.mark_acked(&scope, after, up_to, &refused)
            }
            NodeRequest::ListHashes { scope } => {
                NodeAnswer::ListHashes { hashes: self.scopes[&scope].hashes().into_iter().collect() }
            }
            NodeRequest::MarkPending { scope: name, hashes } => {
                let scope = self.scopes.get_mut(&name).unwrap();
                for hash in hashes {
                    if let Some(local) = scope.index.get(&hash) {
                        scope.rows.get_mut(local).unwrap().status = Status::Pending;
                    }
                }
                NodeAnswer::Scope(scope.state(&name))
            }
            NodeRequest::Adopt { scope: name, epoch, cursor } => {
                let scope = self.scopes.entry(name.clone()).or_default();
                (scope.epoch, scope.cursor, scope.bootstrap) = (Some(epoch), cursor, None);
                NodeAnswer::Scope(scope.state(&name))
            }
            NodeRequest::Erase { scope, entries, cursor } => self.erase(&scope, &entries, cursor),
            NodeRequest::ListBlobs => NodeAnswer::ListBlobs(self.list_blobs()),
            NodeRequest::ReadBlobChunk { blob, index } => {
                let chunk = self.blobs[&blob].chunks(limits::BLOB_CHUNK_BYTES).nth(index as usize).unwrap();
                NodeAnswer::ReadBlobChunk { chunk_hash: blob, bytes: chunk.to_vec() }
            }
            NodeRequest::WriteBlobChunk { blob, size, bytes, .. } => {
                NodeAnswer::WriteBlobChunk(self.write_chunk(blob, size, &bytes))
            }
            NodeRequest::MarkBlobSent { blob } => {
                self.unsent.remove(&blob);
                NodeAnswer::BlobMarked
            }
            NodeRequest::MarkBlobUnavailable { .. } => NodeAnswer::BlobMarked,
        })
    }
}
