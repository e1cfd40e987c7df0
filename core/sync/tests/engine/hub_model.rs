//! The server's database in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use posto_sync::batch::{self, DecodeLimits, EncodeOptions};
use posto_sync::header::ChangeHeader;
use posto_sync::hub::{Admission, HubAnswer, HubRequest, PushOutcome};
use posto_sync::node::ChunkOutcome;
use posto_sync::simulation::HubStore;
use posto_sync::*;

use crate::node_model::{Among, NoBases};

#[derive(Debug, Clone)]
pub(crate) struct LogRow {
    pub(crate) record: ChangeRecord,
    pub(crate) origin: Instance,
}

#[derive(Debug, Clone)]
pub(crate) struct HubScope {
    pub(crate) epoch: Epoch,
    pub(crate) log: BTreeMap<u64, LogRow>,
    pub(crate) head: u64,
    pub(crate) index: HashMap<ChangeHash, u64>,
    pub(crate) ledger: Vec<Erasure>,
    pub(crate) writable: bool,
}

impl HubScope {
    pub(crate) fn new(epoch: u8, writable: bool) -> Self {
        Self {
            epoch: Epoch([epoch; 16]),
            log: BTreeMap::new(),
            head: 0,
            index: HashMap::new(),
            ledger: Vec::new(),
            writable,
        }
    }

    pub(crate) fn state(&self, name: &ScopeName) -> HubScopeState {
        HubScopeState {
            scope: name.clone(),
            epoch: self.epoch,
            head: Seq(self.head),
            count: self.log.len() as u64,
            fingerprint: self.log.values().map(|row| &row.record.hash).collect(),
            erasure_head: self.ledger.len() as u64,
            writable: self.writable,
        }
    }

    pub(crate) fn hashes(&self) -> BTreeSet<ChangeHash> {
        self.log.values().map(|row| row.record.hash).collect()
    }

    pub(crate) fn insert(&mut self, record: ChangeRecord, origin: Instance) {
        self.head += 1;
        self.index.insert(record.hash, self.head);
        self.log.insert(self.head, LogRow { record, origin });
    }

    pub(crate) fn erase(&mut self, doc: DocId, epoch: u8) {
        let number = self.ledger.len() as u64 + 1;
        self.ledger.push(Erasure { number, doc, basis: 1, decided_by: [9; 16], at_ms: 0 });
        self.log.retain(|_, row| row.record.doc != doc);
        self.index = self.log.iter().map(|(seq, row)| (row.record.hash, *seq)).collect();
        self.epoch = Epoch([epoch; 16]);
    }

    fn refusal(&self, record: &ChangeRecord, prefix: ActorPrefix) -> Option<ChangeRefusal> {
        let Ok(header) = ChangeHeader::parse(&record.bytes) else { return Some(ChangeRefusal::Malformed) };
        if !self.writable {
            Some(ChangeRefusal::ScopeForbidden)
        } else if !header.actor.starts_with(&prefix.0) {
            Some(ChangeRefusal::ForeignActor)
        } else if self.ledger.iter().any(|entry| entry.doc == record.doc) {
            Some(ChangeRefusal::Erased)
        } else if header.deps.iter().any(|dep| !self.index.contains_key(dep)) {
            Some(ChangeRefusal::MissingDependency)
        } else {
            None
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct HubModel {
    pub(crate) scopes: BTreeMap<ScopeName, HubScope>,
    pub(crate) blobs: BTreeMap<BlobHash, (u64, Vec<u8>)>,
    /// The next so many batches do not decode.
    pub(crate) bad_batches: u32,
    /// Repaired changes come from any node: prefixes of all.
    pub(crate) foreign_allowed: bool,
}

const PAGE: usize = 2_500;

impl HubModel {
    fn encode(records: &[ChangeRecord], verbatim: bool, full_dependencies: bool) -> Option<Vec<u8>> {
        let options = EncodeOptions { verbatim, full_dependencies };
        (!records.is_empty()).then(|| batch::encode(records, &NoBases, options).unwrap().bytes)
    }

    fn read_feed(&self, name: &ScopeName, after: Seq, exclude: Instance, verbatim: bool) -> HubAnswer {
        let scope = &self.scopes[name];
        let (mut records, mut bytes, mut cursor) = (Vec::new(), 0, Seq(scope.head.max(after.0)));
        for (seq, row) in scope.log.range(after.0 + 1..) {
            if bytes >= PAGE {
                cursor = Seq(seq - 1);
                break;
            }
            if row.origin != exclude {
                bytes += row.record.bytes.len();
                records.push(row.record.clone());
            }
        }
        let state = scope.state(name);
        let checkpoint = Checkpoint { head: state.head, count: state.count, fingerprint: state.fingerprint };
        HubAnswer::ReadFeed {
            epoch: scope.epoch,
            batch: Self::encode(&records, verbatim, false),
            changes: records.len() as u32,
            cursor,
            checkpoint: (cursor == state.head).then_some(checkpoint),
        }
    }

    fn append_push(
        &mut self,
        name: &ScopeName,
        batch: &[u8],
        prefix: ActorPrefix,
        origin: Instance,
    ) -> HubAnswer {
        let bad = self.bad_batches > 0;
        self.bad_batches = self.bad_batches.saturating_sub(1);
        let foreign_allowed = self.foreign_allowed;
        let scope = self.scopes.get_mut(name).unwrap();
        let mut among = Among(scope.log.values().map(|row| &row.record).collect());
        let decoded = batch::decode(batch, &NoBases, &mut among, DecodeLimits::default());
        let Some(records) = decoded.ok().filter(|_| !bad) else {
            return HubAnswer::AppendPush(PushOutcome::Corrupt);
        };
        let (mut new, mut refused) = (0, Vec::new());
        for record in records {
            if scope.index.contains_key(&record.hash) {
                continue;
            }
            let mut reason = scope.refusal(&record, prefix);
            if foreign_allowed && reason == Some(ChangeRefusal::ForeignActor) {
                let missing = ChangeHeader::parse(&record.bytes)
                    .is_ok_and(|header| header.deps.iter().any(|dep| !scope.index.contains_key(dep)));
                let erased = scope.ledger.iter().any(|entry| entry.doc == record.doc);
                reason = match (erased, missing) {
                    (true, _) => Some(ChangeRefusal::Erased),
                    (_, true) => Some(ChangeRefusal::MissingDependency),
                    _ => None,
                };
            }
            match reason {
                Some(reason) => refused.push(RefusedChange { hash: record.hash, reason }),
                None => {
                    new += 1;
                    scope.insert(record, origin);
                }
            }
        }
        HubAnswer::AppendPush(PushOutcome::Stored { state: scope.state(name), new, refused })
    }

    fn page(&self, name: &ScopeName, as_of: Seq, before: Seq, verbatim: bool) -> HubAnswer {
        let scope = &self.scopes[name];
        let mut anchors: BTreeMap<DocId, u64> = BTreeMap::new();
        for (seq, row) in scope.log.range(..=as_of.0) {
            anchors.insert(row.record.doc, *seq);
        }
        let mut by_anchor: Vec<(u64, DocId)> = anchors.into_iter().map(|(doc, seq)| (seq, doc)).collect();
        by_anchor.sort_unstable();
        by_anchor.retain(|(anchor, _)| *anchor < before.0);
        let (mut records, mut bytes, mut next) = (Vec::new(), 0, 0);
        while let Some((anchor, doc)) = by_anchor.pop() {
            for row in scope.log.range(..=as_of.0).map(|(_, row)| row).filter(|row| row.record.doc == doc) {
                bytes += row.record.bytes.len();
                records.push(row.record.clone());
            }
            if bytes >= PAGE && !by_anchor.is_empty() {
                next = anchor;
                break;
            }
        }
        HubAnswer::BootstrapPage {
            epoch: scope.epoch,
            changes: records.len() as u32,
            batches: Self::encode(&records, verbatim, true).into_iter().collect(),
            before: Seq(next),
        }
    }

    fn read_by_hash(&self, name: &ScopeName, hashes: &[ChangeHash], verbatim: bool) -> HubAnswer {
        let scope = &self.scopes[name];
        let mut found: Vec<u64> = hashes.iter().filter_map(|hash| scope.index.get(hash).copied()).collect();
        found.sort_unstable();
        let (sent, rest) = found.split_at(found.len().min(20));
        let records: Vec<ChangeRecord> = sent.iter().map(|seq| scope.log[seq].record.clone()).collect();
        HubAnswer::ReadByHash {
            batch: Self::encode(&records, verbatim, true),
            changes: records.len() as u32,
            rest: rest.iter().map(|seq| scope.log[seq].record.hash).collect(),
        }
    }

    fn blob_request(&mut self, request: HubRequest) -> HubAnswer {
        match request {
            HubRequest::BlobStatus { blob, .. } => {
                let (size, held) = self.blobs.get(&blob).map_or((0, 0), |(size, held)| (*size, held.len()));
                let chunks_held = BlobProgress::chunk_count(held as u64);
                HubAnswer::BlobStatus(BlobProgress { blob, size, chunks_held })
            }
            HubRequest::ReadBlobChunk { blob, index, .. } => {
                let complete = self.blobs.get(&blob).filter(|(size, held)| *size == held.len() as u64);
                let chunk = complete.and_then(|(size, held)| {
                    let chunk = held.chunks(limits::BLOB_CHUNK_BYTES).nth(index as usize)?;
                    Some((*size, blob, chunk.to_vec()))
                });
                HubAnswer::ReadBlobChunk { chunk }
            }
            HubRequest::WriteBlobChunk { blob, size, index, bytes, .. } => {
                let (_, held) = self.blobs.entry(blob).or_insert_with(|| (size, Vec::new()));
                if held.len() == index as usize * limits::BLOB_CHUNK_BYTES {
                    held.extend_from_slice(&bytes);
                }
                let chunks_held = BlobProgress::chunk_count(held.len() as u64);
                HubAnswer::WriteBlobChunk(ChunkOutcome::Stored(BlobProgress { blob, size, chunks_held }))
            }
            other => panic!("{other:?}"),
        }
    }
}

impl HubStore for HubModel {
    fn answer(&mut self, _: usize, request: HubRequest) -> Result<HubAnswer, StoreFailure> {
        Ok(match request {
            HubRequest::Admit { .. } => {
                let scopes = self.scopes.iter().map(|(name, scope)| scope.state(name)).collect();
                HubAnswer::Admit(Admission::Admitted { scopes })
            }
            HubRequest::ReadFeed { scope, after, exclude, verbatim, .. } => {
                self.read_feed(&scope, after, exclude, verbatim)
            }
            HubRequest::AppendPush { scope, batch, actor_prefix, instance, .. } => {
                self.append_push(&scope, &batch, actor_prefix, instance)
            }
            HubRequest::BootstrapPage { scope, as_of, before, verbatim, .. } => {
                self.page(&scope, as_of, before, verbatim)
            }
            HubRequest::ListHashes { scope } => {
                let held = &self.scopes[&scope];
                HubAnswer::ListHashes {
                    state: held.state(&scope),
                    hashes: held.hashes().into_iter().collect(),
                }
            }
            HubRequest::ReadByHash { scope, hashes, verbatim, .. } => {
                self.read_by_hash(&scope, &hashes, verbatim)
            }
            HubRequest::ReadErasures { scope, after, .. } => {
                let rest = &self.scopes[&scope].ledger[after as usize..];
                let entries: Vec<Erasure> = rest.iter().take(2).cloned().collect();
                HubAnswer::ReadErasures { more: entries.len() < rest.len(), entries }
            }
            HubRequest::ConfirmErasures { .. } => HubAnswer::ErasuresConfirmed,
            blob => self.blob_request(blob),
        })
    }
}
