//! The server's incoming side, and the erasure ledger.

use super::{HubEvent, HubRequest, HubSession, Purpose, PushOutcome, Violation};
use crate::channel::Channel;
use crate::limits::{BATCHES_IN_FLIGHT_MAX, ERASURES_PER_FRAME_MAX};
use crate::message::{Erasures, ErasuresDone, ErasuresWanted, PushAck, PushAgain, PushBatch};
use crate::types::{Checkpoint, Erasure, ScopeName};

impl HubSession {
    pub(super) fn push_batch(&mut self, name: &ScopeName, batch: PushBatch) -> Result<(), Violation> {
        let push = &mut self.scopes.get_mut(name).ok_or(Violation)?.push;
        if batch.generation < push.generation {
            return Ok(());
        }
        if batch.generation > push.generation || push.queue.len() >= BATCHES_IN_FLIGHT_MAX {
            return Err(Violation);
        }
        push.queue.push_back(batch);
        self.pump_push(name);
        Ok(())
    }

    fn pump_push(&mut self, name: &ScopeName) {
        let Ok((node, actor_prefix, instance)) =
            self.hello().map(|hello| (hello.node, hello.actor_prefix, hello.instance))
        else {
            return;
        };
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let Some(next) = scope.push.queue.front().filter(|_| !scope.push.appending) else { return };
        let batch = next.batch.to_vec();
        scope.push.appending = true;
        let request = HubRequest::AppendPush { scope: name.clone(), batch, node, actor_prefix, instance };
        self.ops.start(&mut self.link, request, Purpose::Append(name.clone()));
    }

    pub(super) fn appended(&mut self, name: &ScopeName, outcome: PushOutcome) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.push.appending = false;
        let Some(PushBatch { number, .. }) = scope.push.queue.pop_front() else { return };
        match outcome {
            PushOutcome::Stored { state, new, refused } => {
                let checkpoint =
                    Checkpoint { head: state.head, count: state.count, fingerprint: state.fingerprint };
                self.link.statistics.changes_received += u64::from(new);
                if new > 0 {
                    let (scope, head) = (name.clone(), state.head);
                    self.link.event(HubEvent::Pushed { scope, changes: new, head });
                }
                if !refused.is_empty() {
                    self.link.event(HubEvent::Refused { scope: name.clone(), changes: refused.clone() });
                }
                let refused = (!refused.is_empty()).then_some(refused);
                self.link.send(Channel::Push(name.clone()), PushAck { number, checkpoint, refused });
                self.pump_push(name);
                // The node's cursor must pass over its own changes.
                self.changed(name);
            }
            PushOutcome::Corrupt => {
                scope.push.generation += 1;
                scope.push.queue.clear();
                let again = PushAgain { generation: scope.push.generation, number };
                self.link.send(Channel::Push(name.clone()), again);
            }
        }
    }

    pub(super) fn erasures_wanted(&mut self, wanted: &ErasuresWanted) -> Result<(), Violation> {
        let scope = self.scopes.get_mut(&wanted.scope).ok_or(Violation)?;
        if scope.erasures_reading {
            return Err(Violation);
        }
        scope.erasures_reading = true;
        let name = wanted.scope.clone();
        let request = HubRequest::ReadErasures {
            scope: name.clone(),
            after: wanted.after,
            max: ERASURES_PER_FRAME_MAX,
        };
        self.ops.start(&mut self.link, request, Purpose::ReadErasures(name));
        Ok(())
    }

    pub(super) fn erasures_read(&mut self, name: ScopeName, entries: Vec<Erasure>, more: bool) {
        if let Some(scope) = self.scopes.get_mut(&name) {
            scope.erasures_reading = false;
        }
        self.link.send(Channel::Control, Erasures { scope: name, entries, more });
    }

    pub(super) fn erasures_done(&mut self, done: &ErasuresDone) -> Result<(), Violation> {
        self.scopes.get(&done.scope).ok_or(Violation)?;
        let request = HubRequest::ConfirmErasures {
            scope: done.scope.clone(),
            node: self.config.node,
            cursor: done.cursor,
        };
        self.ops.start(&mut self.link, request, Purpose::Confirm);
        Ok(())
    }
}
