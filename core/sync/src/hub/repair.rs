//! The server's side of a reconciliation: it answers, the node decides.

use negentropy::Negentropy;

use super::scope::Repair;
use super::{HubEvent, HubRequest, HubSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{BATCH_RAW_BYTES_TARGET, REPAIR_FRAME_BYTES, REPAIR_WANT_MAX};
use crate::message::{RepairBatch, RepairNext, RepairOpen, RepairReply, RepairWant};
use crate::node::{seal, split_hashes};
use crate::types::{ChangeHash, Checkpoint, HubScopeState, ScopeName, SessionEnd};

impl HubSession {
    pub(super) fn repair_open(&mut self, name: &ScopeName, open: RepairOpen) -> Result<(), Violation> {
        let scope = self.scopes.get_mut(name).ok_or(Violation)?;
        if matches!(scope.repair, Repair::Listing(_) | Repair::Serving(true)) {
            return Err(Violation);
        }
        scope.feed.active = false;
        scope.feed.stale_read = scope.feed.reading;
        scope.repair = Repair::Listing(open.query.into());
        self.link.event(HubEvent::RepairBegan { scope: name.clone() });
        let request = HubRequest::ListHashes { scope: name.clone() };
        self.ops.start(&mut self.link, request, Purpose::ListHashes(name.clone()));
        Ok(())
    }

    pub(super) fn hashes_listed(
        &mut self,
        name: &ScopeName,
        state: HubScopeState,
        hashes: &[ChangeHash],
    ) -> Result<(), Violation> {
        let Some(scope) = self.scopes.get_mut(name) else { return Ok(()) };
        let Repair::Listing(query) = std::mem::take(&mut scope.repair) else { return Ok(()) };
        let listed = seal(hashes).and_then(|storage| Negentropy::owned(storage, REPAIR_FRAME_BYTES).ok());
        let Some(mut negentropy) = listed else {
            self.finish(SessionEnd::StorageFailed);
            return Ok(());
        };
        let reply = negentropy.reconcile(&query).map_err(|_| Violation)?;
        scope.epoch = state.epoch;
        scope.repair = Repair::Comparing(Box::new(negentropy));
        let checkpoint = Checkpoint { head: state.head, count: state.count, fingerprint: state.fingerprint };
        let message = RepairReply {
            reply: reply.into(),
            epoch: Some(state.epoch),
            checkpoint: Some(checkpoint),
            erasure_head: Some(state.erasure_head),
        };
        self.link.send(Channel::Repair(name.clone()), message);
        Ok(())
    }

    pub(super) fn repair_next(&mut self, name: &ScopeName, next: &RepairNext) -> Result<(), Violation> {
        let Repair::Comparing(negentropy) = &mut self.scopes.get_mut(name).ok_or(Violation)?.repair else {
            return Err(Violation);
        };
        let reply = negentropy.reconcile(&next.query).map_err(|_| Violation)?;
        let message = RepairReply { reply: reply.into(), epoch: None, checkpoint: None, erasure_head: None };
        self.link.send(Channel::Repair(name.clone()), message);
        Ok(())
    }

    pub(super) fn repair_want(&mut self, name: &ScopeName, want: &RepairWant) -> Result<(), Violation> {
        let scope = self.scopes.get_mut(name).ok_or(Violation)?;
        if !matches!(scope.repair, Repair::Comparing(_) | Repair::Serving(false)) {
            return Err(Violation);
        }
        let hashes =
            split_hashes(&want.hashes).filter(|hashes| hashes.len() <= REPAIR_WANT_MAX).ok_or(Violation)?;
        if hashes.is_empty() {
            scope.repair = Repair::None;
            return Ok(());
        }
        scope.repair = Repair::Serving(true);
        let request = HubRequest::ReadByHash {
            scope: name.clone(),
            hashes,
            max_bytes: BATCH_RAW_BYTES_TARGET,
            verbatim: want.verbatim.unwrap_or(false),
        };
        self.ops.start(&mut self.link, request, Purpose::ReadByHash(name.clone()));
        Ok(())
    }

    pub(super) fn found(
        &mut self,
        name: &ScopeName,
        batch: Option<Vec<u8>>,
        changes: u32,
        rest: &[ChangeHash],
    ) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.repair = Repair::Serving(false);
        self.link.statistics.changes_sent += u64::from(changes);
        let rest: Vec<u8> = rest.iter().flat_map(|hash| hash.0).collect();
        let rest = (!rest.is_empty()).then(|| rest.into());
        self.link.send(Channel::Repair(name.clone()), RepairBatch { batch: batch.map(Into::into), rest });
    }
}
