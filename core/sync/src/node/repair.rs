//! Range-based set reconciliation with the server, and the exchange of what it finds missing.

use std::fmt;

use negentropy::{Id, Negentropy, NegentropyStorageVector};

use super::scope::Phase;
use super::{Advance, AppendOutcome, NodeEvent, NodeRequest, NodeSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{REPAIR_FRAME_BYTES, REPAIR_HASHES_MAX, REPAIR_ROUNDS_MAX, REPAIR_WANT_MAX};
use crate::message::{RepairBatch, RepairNext, RepairOpen, RepairReply, RepairWant};
use crate::types::{
    ChangeHash, ChangeRefusal, Epoch, LocalSeq, RefusedChange, ScopeName, ScopeState, Seq, SessionEnd,
};

/// A repair under way.
pub(super) struct Repair {
    negentropy: Option<Negentropy<'static, NegentropyStorageVector>>,
    rounds: u32,
    /// The server's incarnation and head the comparison is made against.
    target: Option<(Epoch, Seq)>,
    /// Hashes only this node holds.
    have: Vec<Id>,
    /// Hashes only the server holds.
    need: Vec<Id>,
    /// Of a scope this node may not write: changes the server does not have.
    disowned: Vec<RefusedChange>,
    /// What the last request asked for.
    asked: Vec<Id>,
    verbatim: bool,
    sent: u64,
    received: u64,
}

impl fmt::Debug for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repair")
            .field("rounds", &self.rounds)
            .field("need", &self.need.len())
            .finish_non_exhaustive()
    }
}

/// The set of hashes as negentropy wants it: no times, only ids. `None` when it holds one twice or
/// is over the limit.
pub(crate) fn seal(hashes: &[ChangeHash]) -> Option<NegentropyStorageVector> {
    if hashes.len() > REPAIR_HASHES_MAX {
        return None;
    }
    let mut storage = NegentropyStorageVector::with_capacity(hashes.len());
    for hash in hashes {
        storage.insert(0, Id::from_byte_array(hash.0)).ok()?;
    }
    storage.seal().ok()?;
    Some(storage)
}

/// 32 bytes each.
pub(crate) fn split_hashes(bytes: &[u8]) -> Option<Vec<ChangeHash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.iter().copied().map(ChangeHash).collect())
}

fn hash_of(id: &Id) -> ChangeHash {
    ChangeHash(*id.as_bytes())
}

impl NodeSession {
    /// The scope is at rest and a repair is wanted.
    pub(super) fn begin_repair(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.repair_wanted = false;
        // What the server still sends on the old footing is void; it resumes afterwards.
        scope.feed.queue.clear();
        scope.feed.generation += 1;
        if scope.erasures_wanted {
            self.ask_erasures(name);
        } else {
            self.start_repair(name);
        }
    }

    pub(super) fn start_repair(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.repairs += 1;
        scope.phase = Phase::Repairing(Box::new(Repair {
            negentropy: None,
            rounds: 0,
            target: None,
            have: Vec::new(),
            need: Vec::new(),
            disowned: Vec::new(),
            asked: Vec::new(),
            verbatim: false,
            sent: 0,
            received: 0,
        }));
        self.ops.start(
            &mut self.link,
            NodeRequest::ListHashes { scope: name.clone() },
            Purpose::ListHashes(name.clone()),
        );
    }

    fn repair(&mut self, name: &ScopeName) -> Option<&mut Repair> {
        match &mut self.scopes.get_mut(name)?.phase {
            Phase::Repairing(repair) => Some(repair.as_mut()),
            _ => None,
        }
    }

    pub(super) fn hashes_listed(&mut self, name: &ScopeName, hashes: Vec<ChangeHash>) {
        let Some(repair) = self.repair(name) else { return };
        let opened = seal(&hashes).and_then(|storage| {
            let mut negentropy = Negentropy::owned(storage, REPAIR_FRAME_BYTES).ok()?;
            let query = negentropy.initiate().ok()?;
            Some((negentropy, query))
        });
        let Some((negentropy, query)) = opened else {
            self.finish(SessionEnd::StorageFailed);
            return;
        };
        repair.negentropy = Some(negentropy);
        self.link.statistics.round_trips += 1;
        self.link.send(Channel::Repair(name.clone()), RepairOpen { query: query.into() });
    }

    pub(super) fn repair_reply(&mut self, name: &ScopeName, reply: RepairReply) -> Result<(), Violation> {
        let ledger = self.scopes.get(name).map_or(0, |scope| scope.state.erasure_cursor);
        let repair = self.repair(name).ok_or(Violation)?;
        if reply.erasure_head.is_some_and(|head| head > ledger) {
            // Something was erased meanwhile: it must go here first, lest it seem lost over there.
            self.ask_erasures(name);
            return Ok(());
        }
        repair.rounds += 1;
        if repair.target.is_none() {
            let epoch = reply.epoch.ok_or(Violation)?;
            repair.target = Some((epoch, reply.checkpoint.ok_or(Violation)?.head));
        }
        let negentropy = repair.negentropy.as_mut().ok_or(Violation)?;
        let next = negentropy
            .reconcile_with_ids(&reply.reply, &mut repair.have, &mut repair.need)
            .map_err(|_| Violation)?;
        if repair.rounds > REPAIR_ROUNDS_MAX || repair.need.len() > REPAIR_HASHES_MAX {
            return Err(Violation);
        }
        match next {
            Some(query) => {
                self.link.statistics.round_trips += 1;
                self.link.send(Channel::Repair(name.clone()), RepairNext { query: query.into() });
            }
            None => self.reconciled(name),
        }
        Ok(())
    }

    /// The difference is known: what the server lacks becomes pending again.
    fn reconciled(&mut self, name: &ScopeName) {
        let Some(repair) = self.repair(name) else { return };
        repair.negentropy = None;
        let mut have: Vec<ChangeHash> = repair.have.drain(..).map(|id| hash_of(&id)).collect();
        have.sort_unstable();
        have.dedup();
        repair.need.sort_unstable();
        repair.need.dedup();
        repair.sent = have.len() as u64;
        if have.is_empty() {
            self.want_next(name);
            return;
        }
        let Some(scope) = self.scopes.get_mut(name) else { return };
        if let (false, Phase::Repairing(repair)) = (scope.writable, &mut scope.phase) {
            // The server alone writes here: what it does not have does not count. Taken back first, refused then.
            let refuse =
                |hash: &ChangeHash| RefusedChange { hash: *hash, reason: ChangeRefusal::ScopeForbidden };
            repair.disowned = have.iter().map(refuse).collect();
            repair.sent = 0;
        }
        scope.writing = true;
        let request = NodeRequest::MarkPending { scope: name.clone(), hashes: have };
        self.ops.start(&mut self.link, request, Purpose::MarkPending(name.clone()));
    }

    pub(super) fn marked_pending(&mut self, name: &ScopeName, state: ScopeState) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.writing = false;
        scope.state = state;
        let Phase::Repairing(repair) = &mut scope.phase else { return };
        let refused = std::mem::take(&mut repair.disowned);
        if refused.is_empty() {
            self.want_next(name);
            return;
        }
        scope.writing = true;
        let (after, up_to) = (LocalSeq(0), LocalSeq(0));
        let request = NodeRequest::MarkAcked { scope: name.clone(), after, up_to, refused };
        self.ops.start(&mut self.link, request, Purpose::MarkPending(name.clone()));
    }

    /// Asks for the next missing changes, or ends the repair.
    fn want_next(&mut self, name: &ScopeName) {
        let Some(repair) = self.repair(name) else { return };
        let rest = repair.need.len().saturating_sub(REPAIR_WANT_MAX);
        repair.asked = repair.need.split_off(rest);
        let hashes: Vec<u8> = repair.asked.iter().flat_map(|id| *id.as_bytes()).collect();
        let target = repair.target;
        let ended = hashes.is_empty();
        let want = RepairWant { hashes: hashes.into(), verbatim: repair.verbatim.then_some(true) };
        self.link.send(Channel::Repair(name.clone()), want);
        match target {
            Some((epoch, head)) if ended => self.adopt(name, epoch, head),
            _ => self.link.statistics.round_trips += 1,
        }
    }

    pub(super) fn repair_batch(&mut self, name: &ScopeName, batch: RepairBatch) -> Result<(), Violation> {
        let repair = self.repair(name).ok_or(Violation)?;
        let rest =
            batch.rest.map_or_else(|| Some(Vec::new()), |rest| split_hashes(&rest)).ok_or(Violation)?;
        let progress = batch.batch.is_some() || rest.is_empty();
        if repair.asked.is_empty() || rest.len() > repair.asked.len() || !progress {
            return Err(Violation);
        }
        repair.need.extend(rest.into_iter().map(|hash| Id::from_byte_array(hash.0)));
        let Some(bytes) = batch.batch else {
            self.want_next(name);
            return Ok(());
        };
        let request =
            NodeRequest::Append { scope: name.clone(), batch: Some(bytes.into()), advance: Advance::Stay };
        if let Some(scope) = self.scopes.get_mut(name) {
            scope.writing = true;
        }
        self.ops.start(&mut self.link, request, Purpose::RepairAppend(name.clone()));
        Ok(())
    }

    pub(super) fn repair_appended(&mut self, name: &ScopeName, outcome: AppendOutcome) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.writing = false;
        let Phase::Repairing(repair) = &mut scope.phase else { return };
        match outcome {
            AppendOutcome::Appended { state, new } => {
                scope.state = state;
                repair.received += u64::from(new);
                repair.verbatim = false;
                self.note_received(name, new);
                self.want_next(name);
            }
            AppendOutcome::Corrupt if !repair.verbatim => {
                repair.verbatim = true;
                let asked = std::mem::take(&mut repair.asked);
                repair.need.extend(asked);
                repair.need.sort_unstable();
                repair.need.dedup();
                self.want_next(name);
            }
            AppendOutcome::Corrupt => self.finish(SessionEnd::ProtocolViolation),
            AppendOutcome::Stale => self.finish(SessionEnd::StorageFailed),
        }
    }

    pub(super) fn adopt(&mut self, name: &ScopeName, epoch: Epoch, cursor: Seq) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.writing = true;
        scope.epoch = epoch;
        let request = NodeRequest::Adopt { scope: name.clone(), epoch, cursor };
        self.ops.start(&mut self.link, request, Purpose::Adopt(name.clone()));
    }

    pub(super) fn adopted(&mut self, name: &ScopeName, state: ScopeState) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.writing = false;
        scope.state = state;
        scope.checkpoint = None;
        scope.push.after = LocalSeq(0);
        scope.push.dirty = scope.writable;
        if let Phase::Repairing(repair) = std::mem::replace(&mut scope.phase, Phase::Live) {
            let (sent, received) = (repair.sent, repair.received);
            self.link.event(NodeEvent::Repaired { scope: name.clone(), sent, received });
        }
        self.resume_feed(name, false);
        self.pump_push(name);
        self.pump_writes(name);
        // A server that was put back may lack attachments, too.
        self.list_blobs();
    }
}
