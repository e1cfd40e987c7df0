//! The node's outgoing side: pending changes read, sent, acknowledged.

use super::scope::{Phase, PushedBatch};
use super::{NodeEvent, NodeRequest, NodeSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{BATCH_RAW_BYTES_TARGET, BATCHES_IN_FLIGHT_MAX, REFUSED_PER_ACK_MAX};
use crate::message::{PushAck, PushAgain, PushBatch};
use crate::types::{ChangeRefusal, LocalSeq, ScopeName, ScopeState};

impl NodeSession {
    /// Reads the next pending changes when there may be some and the window has room.
    pub(super) fn pump_push(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let push = &mut scope.push;
        let may_read = scope.writable
            && matches!(scope.phase, Phase::Live)
            && !scope.repair_wanted
            && push.dirty
            && !push.reading
            && push.in_flight.len() < BATCHES_IN_FLIGHT_MAX;
        if !may_read {
            return;
        }
        push.reading = true;
        push.stale_read = false;
        push.dirty = false;
        let request = NodeRequest::ReadPending {
            scope: name.clone(),
            after: push.after,
            max_bytes: BATCH_RAW_BYTES_TARGET,
            verbatim: push.after < push.verbatim_up_to,
        };
        self.ops.start(&mut self.link, request, Purpose::ReadPending(name.clone()));
    }

    pub(super) fn pending_read(
        &mut self,
        name: &ScopeName,
        batch: Option<Vec<u8>>,
        changes: u32,
        last: LocalSeq,
        more: bool,
    ) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let push = &mut scope.push;
        push.reading = false;
        if push.stale_read || scope.repair_wanted {
            push.dirty = true;
        } else if let Some(batch) = batch {
            push.last_number += 1;
            let sent = PushedBatch { number: push.last_number, after: push.after, up_to: last, changes };
            push.after = last;
            push.dirty |= more;
            let message = PushBatch { generation: push.generation, number: sent.number, batch: batch.into() };
            push.in_flight.push_back(sent);
            self.link.send(Channel::Push(name.clone()), message);
            self.link.statistics.in_sync.insert(name.clone(), false);
        }
        self.pump_push(name);
        self.pump_writes(name);
    }

    pub(super) fn push_ack(&mut self, name: &ScopeName, ack: PushAck) -> Result<(), Violation> {
        let Some(scope) = self.scopes.get_mut(name) else { return Err(Violation) };
        let refused = ack.refused.unwrap_or_default();
        if refused.len() > REFUSED_PER_ACK_MAX {
            return Err(Violation);
        }
        let Some(sent) = scope.push.in_flight.pop_front().filter(|sent| sent.number == ack.number) else {
            return Err(Violation);
        };
        scope.note_checkpoint(ack.checkpoint);
        if scope.push.in_flight.is_empty() {
            self.link.statistics.round_trips += 1;
        }
        let dependency_missing =
            refused.iter().any(|change| change.reason == ChangeRefusal::MissingDependency);
        if dependency_missing && !scope.push.repaired_for_dependency {
            // The server lost something these changes build on. They stay pending; a repair finds out.
            scope.push.repaired_for_dependency = true;
            self.want_repair(name, false);
            return Ok(());
        }
        scope.push.marks.push_back((sent, refused));
        self.pump_writes(name);
        self.pump_push(name);
        Ok(())
    }

    /// Records the first acknowledgement that waits for it.
    pub(super) fn mark_acked(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let Some((sent, refused)) = scope.push.marks.front().cloned() else { return };
        scope.writing = true;
        let request =
            NodeRequest::MarkAcked { scope: name.clone(), after: sent.after, up_to: sent.up_to, refused };
        self.ops.start(&mut self.link, request, Purpose::MarkAcked(name.clone()));
    }

    pub(super) fn acked(&mut self, name: &ScopeName, state: ScopeState) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.writing = false;
        scope.state = state;
        let pending = scope.state.pending_count;
        if let Some((sent, refused)) = scope.push.marks.pop_front() {
            self.link.statistics.changes_sent += u64::from(sent.changes).saturating_sub(refused.len() as u64);
            if !refused.is_empty() {
                self.link.event(NodeEvent::Refused { scope: name.clone(), changes: refused });
            }
        }
        self.link.event(NodeEvent::Acknowledged { scope: name.clone(), pending });
        self.pump_writes(name);
        self.pump_push(name);
    }

    /// The server could not rebuild a batch: that one and all behind it go again, verbatim.
    pub(super) fn push_again(&mut self, name: &ScopeName, again: &PushAgain) -> Result<(), Violation> {
        let Some(scope) = self.scopes.get_mut(name) else { return Err(Violation) };
        let push = &mut scope.push;
        let Some(index) = push.in_flight.iter().position(|sent| sent.number == again.number) else {
            return Err(Violation);
        };
        if again.generation <= push.generation || push.in_flight[index].after < push.verbatim_up_to {
            return Err(Violation);
        }
        push.generation = again.generation;
        push.after = push.in_flight[index].after;
        push.verbatim_up_to = push.in_flight[index].up_to;
        push.in_flight.truncate(index);
        push.stale_read = push.reading;
        push.dirty = true;
        self.pump_push(name);
        self.pump_writes(name);
        Ok(())
    }
}
