//! Taking a pushed batch: decode, check every change, append the good ones durably, keep the others aside.

use std::collections::HashMap;
use std::sync::Arc;

use posto_domain::NodeId;
use posto_sync::batch::{self, BatchError, DecodeLimits};
use posto_sync::hub::PushOutcome;
use posto_sync::{
    ActorPrefix, ChangeRecord, ChangeRefusal, DocId, Instance, KindCode, RefusedChange, ScopeName, Seq,
};

use super::check::{Sound, check_all};
use super::validate::{Documents, HeldDocuments, Judgement};
use super::{Hub, HubError, rights};
use crate::storage::packed::Packed;
use crate::storage::table::change::Appender;
use crate::storage::table::document::{DocumentRowId, Grower, Growth};
use crate::storage::table::kind_count::{Counts, KindCountRow};
use crate::storage::table::refusal::RefusalRow;
use crate::storage::table::scope::ScopeRow;
use crate::storage::table::{actor, kind_count, refusal, scope};
use crate::storage::{DbError, Tx};

/// How often a batch is judged anew because another session was faster.
const TRIES_MAX: usize = 4;

/// Who pushes where.
#[derive(Debug, Clone)]
pub(super) struct Push {
    pub node: NodeId,
    pub scope: ScopeName,
    pub actor_prefix: ActorPrefix,
    pub instance: Instance,
}

/// A change on its way into the log.
pub(crate) struct Accepted {
    pub record: ChangeRecord,
    pub actor: Vec<u8>,
    pub actor_seq: u64,
}

struct Refused {
    record: ChangeRecord,
    reason: ChangeRefusal,
}

/// A judged batch: valid as long as the scope's epoch and ledger are what they were.
struct Judged {
    seen: ScopeRow,
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
}

/// What a batch is judged against.
struct Snapshot {
    seen: ScopeRow,
    authors: Vec<ActorPrefix>,
    held: HeldDocuments,
}

impl Hub {
    pub(super) fn append_push(&self, push: &Push, bytes: &[u8]) -> Result<PushOutcome, HubError> {
        for _ in 0..TRIES_MAX {
            let Some(judged) = self.judge(push, bytes)? else { return Ok(PushOutcome::Corrupt) };
            match self.store(push, judged) {
                Err(HubError::Overtaken) => {}
                other => return other,
            }
        }
        Err(HubError::Overtaken)
    }

    /// Decodes and judges a batch against one snapshot; `None` when it does not decode.
    fn judge(&self, push: &Push, bytes: &[u8]) -> Result<Option<Judged>, HubError> {
        let read = self.db.read_blocking::<_, HubError, _>(|tx| {
            let seen = rights::scope_of(tx, push.node, &push.scope)?;
            let mut documents = Documents::new(tx, seen.id, seen.erasure_head > 0);
            let changes = match batch::decode(bytes, &self.bases, &mut documents, DecodeLimits::default()) {
                Ok(changes) => changes,
                Err(error) => {
                    note_undecodable(push, error);
                    return Ok(None);
                }
            };
            let held = documents.into_held(&changes)?;
            let authors = rights::authors(tx, push.node, push.actor_prefix, self.clock.now_ms())?;
            Ok(Some((changes, Snapshot { seen, authors, held })))
        })?;
        let Some((changes, snapshot)) = read else { return Ok(None) };
        Ok(Some(self.judge_changes(changes, snapshot)))
    }

    fn judge_changes(&self, changes: Vec<ChangeRecord>, snapshot: Snapshot) -> Judged {
        let Snapshot { seen, authors, mut held } = snapshot;
        let checked = check_all(&changes, &authors);
        let (mut accepted, mut refused) = (Vec::with_capacity(changes.len()), Vec::new());
        let writable = rights::writable(seen.scope);
        for (record, checked) in changes.into_iter().zip(checked) {
            if !writable {
                refused.push(Refused { record, reason: ChangeRefusal::ScopeForbidden });
                continue;
            }
            match held.judge(seen.scope, &record, checked, &self.bases) {
                Judgement::Accept(Sound { actor, actor_seq, .. }) => {
                    accepted.push(Accepted { record, actor, actor_seq })
                }
                Judgement::Known => {}
                Judgement::Refuse(reason) => refused.push(Refused { record, reason }),
            }
        }
        Judged { seen, accepted, refused }
    }

    fn store(&self, push: &Push, judged: Judged) -> Result<PushOutcome, HubError> {
        let Judged { seen, accepted, refused } = judged;
        let named: Vec<RefusedChange> = refused
            .iter()
            .map(|change| RefusedChange { hash: change.record.hash, reason: change.reason })
            .collect();
        if accepted.is_empty() && refused.is_empty() {
            return Ok(PushOutcome::Stored { state: rights::hub_state(&seen)?, new: 0, refused: named });
        }
        let new = accepted.len() as u32;
        let (push, now_ms) = (push.clone(), self.clock.now_ms());
        let refused = Arc::new(refused);
        // Before the transaction: the writer's thread is everybody's.
        let packed = Packed::all_of(accepted.iter().map(|change| change.record.bytes.as_slice()))?;
        let state = self.db.write_blocking(move |tx| {
            let mut row = scope::lock(tx, seen.scope)?;
            if row.epoch != seen.epoch || row.erasure_head != seen.erasure_head {
                return Err(HubError::Overtaken);
            }
            append_packed(tx, &mut row, push.instance, &accepted, &packed)?;
            keep_refused(tx, &row, &push, &refused, now_ms)?;
            settle_refused(tx, &row, push.node, &accepted)?;
            rights::hub_state(&row)
        })?;
        metrics::counter!("posto_changes_appended_total").increment(new.into());
        metrics::counter!("posto_changes_refused_total").increment(named.len() as u64);
        Ok(PushOutcome::Stored { state, new, refused: named })
    }
}

/// A batch that does not decode is asked for again verbatim; one that never does is a fault of a node.
fn note_undecodable(push: &Push, error: BatchError) {
    tracing::warn!(%error, node = %push.node, scope = %push.scope, "a pushed batch does not decode");
    metrics::counter!("posto_batches_undecodable_total").increment(1);
}

/// Appends good changes in order and brings the scope's row up to date with them.
///
/// # Errors
/// [`HubError::Overtaken`] when one of them got into the log since it was judged.
pub(crate) fn append(
    tx: &Tx<'_>,
    row: &mut ScopeRow,
    instance: Instance,
    accepted: &[Accepted],
) -> Result<(), HubError> {
    let packed = Packed::all_of(accepted.iter().map(|change| change.record.bytes.as_slice()))?;
    append_packed(tx, row, instance, accepted, &packed)
}

/// As [`append`]; `packed` are the same changes in the form that is kept.
fn append_packed(
    tx: &Tx<'_>,
    row: &mut ScopeRow,
    instance: Instance,
    accepted: &[Accepted],
    packed: &[Packed],
) -> Result<(), HubError> {
    if accepted.is_empty() {
        return Ok(());
    }
    let first = row.head.0 + 1;
    let documents = grow_documents(tx, row, first, accepted)?;
    let mut appender = Appender::new(tx, row.id, instance)?;
    let mut actors = HashMap::new();
    for (index, (change, packed)) in accepted.iter().zip(packed).enumerate() {
        let actor = match actors.get(&change.actor) {
            Some(actor) => *actor,
            None => *actors.entry(change.actor.clone()).or_insert(actor::ensure(tx, &change.actor)?),
        };
        let document =
            documents.get(&change.record.doc).copied().ok_or(DbError::NoRow { what: "document" })?;
        let seq = Seq(first + index as u64);
        let numbered = (actor, change.actor_seq);
        if !appender.append(seq, document, numbered, &change.record.hash, packed)? {
            return Err(HubError::Overtaken);
        }
        row.fingerprint.add(&change.record.hash);
    }
    row.head = Seq(row.head.0 + accepted.len() as u64);
    row.count += accepted.len() as u64;
    scope::update(tx, row)?;
    Ok(())
}

fn grow_documents(
    tx: &Tx<'_>,
    row: &ScopeRow,
    first: u64,
    accepted: &[Accepted],
) -> Result<HashMap<DocId, DocumentRowId>, HubError> {
    let mut order: Vec<DocId> = Vec::new();
    let mut growths: HashMap<DocId, (KindCode, Growth)> = HashMap::with_capacity(accepted.len());
    for (index, Accepted { record, .. }) in accepted.iter().enumerate() {
        let seq = Seq(first + index as u64);
        let (_, growth) = growths.entry(record.doc).or_insert_with(|| {
            order.push(record.doc);
            (record.kind, Growth { first_seq: seq, last_seq: seq, changes: 0, bytes: 0 })
        });
        growth.last_seq = seq;
        growth.changes += 1;
        growth.bytes += record.bytes.len() as u64;
    }
    let mut grower = Grower::new(tx, row.id)?;
    let mut ids = HashMap::with_capacity(order.len());
    let mut counts: HashMap<KindCode, Counts> = HashMap::new();
    for doc in order {
        let Some((kind, growth)) = growths.get(&doc) else { continue };
        let grown = grower.grow(doc, *kind, growth)?;
        let count = counts.entry(*kind).or_default();
        count.documents += u64::from(grown.is_new);
        count.changes += growth.changes;
        count.bytes += growth.bytes;
        ids.insert(doc, grown.id);
    }
    for (kind, counts) in counts {
        kind_count::add(tx, &KindCountRow { scope: row.id, kind, counts })?;
    }
    Ok(ids)
}

fn keep_refused(
    tx: &Tx<'_>,
    row: &ScopeRow,
    push: &Push,
    refused: &[Refused],
    now_ms: i64,
) -> Result<(), DbError> {
    for Refused { record, reason } in refused {
        let kept = RefusalRow {
            scope: row.id,
            node: push.node,
            doc: record.doc,
            kind: record.kind,
            hash: record.hash,
            reason: *reason,
            refused_at_ms: now_ms,
            size: record.bytes.len() as u64,
        };
        refusal::insert(tx, &kept, &record.bytes)?;
    }
    if refused.is_empty() { Ok(()) } else { refusal::trim(tx, push.node) }
}

/// What was refused for want of another change and came again in order is no case any more.
fn settle_refused(tx: &Tx<'_>, row: &ScopeRow, node: NodeId, accepted: &[Accepted]) -> Result<(), DbError> {
    if !refusal::any_of_node(tx, node)? {
        return Ok(());
    }
    accepted.iter().try_for_each(|change| refusal::settle(tx, row.id, &change.record.hash))
}
