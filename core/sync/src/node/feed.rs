//! The node's incoming side: batches appended in order, then acknowledged; checkpoints compared.

use super::scope::Phase;
use super::{Advance, AppendOutcome, NodeEvent, NodeRequest, NodeSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{BATCHES_IN_FLIGHT_MAX, REPAIRS_PER_SESSION_MAX};
use crate::message::{FeedAck, FeedBatch, Resume};
use crate::types::{ScopeName, ScopeState, SessionEnd};

impl NodeSession {
    pub(super) fn feed_batch(&mut self, name: &ScopeName, batch: FeedBatch) -> Result<(), Violation> {
        let Some(scope) = self.scopes.get_mut(name) else { return Err(Violation) };
        if batch.generation != scope.feed.generation || !scope.is_live() {
            return Ok(());
        }
        // Empty ones (a bare checkpoint, a passed-over stretch of own changes) are as cheap as any.
        if scope.feed.queue.len() > BATCHES_IN_FLIGHT_MAX {
            return Err(Violation);
        }
        scope.feed.queue.push_back(batch);
        self.pump_writes(name);
        Ok(())
    }

    /// Does the next thing that changes the scope's row: record an acknowledgement, begin a repair,
    /// append the first waiting batch; or looks at the checkpoint when there is nothing to do.
    pub(super) fn pump_writes(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        if scope.writing {
            return;
        }
        if !scope.push.marks.is_empty() {
            self.mark_acked(name);
        } else if scope.is_live() && scope.repair_wanted && scope.is_quiet() {
            self.begin_repair(name);
        } else if scope.is_live() {
            self.append_next(name);
        }
    }

    fn append_next(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let Some(next) = scope.feed.queue.front() else {
            self.settle(name);
            return;
        };
        let nothing_moves =
            next.batch.is_none() && next.bootstrap.is_none() && next.cursor == scope.state.cursor;
        if nothing_moves {
            self.batch_done(name);
            return;
        }
        let request = NodeRequest::Append {
            scope: name.clone(),
            batch: next.batch.clone().map(Into::into),
            advance: advance(next),
        };
        scope.writing = true;
        self.ops.start(&mut self.link, request, Purpose::Append(name.clone()));
    }

    pub(super) fn appended(&mut self, name: &ScopeName, outcome: AppendOutcome) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.writing = false;
        match outcome {
            AppendOutcome::Appended { state, new } => {
                scope.state = state;
                scope.feed.verbatim = false;
                self.note_received(name, new);
                self.batch_done(name);
            }
            AppendOutcome::Corrupt if scope.feed.verbatim => self.finish(SessionEnd::ProtocolViolation),
            AppendOutcome::Corrupt => {
                self.resume_feed(name, true);
                self.pump_writes(name);
            }
            AppendOutcome::Stale => self.reload(name),
        }
    }

    pub(super) fn note_received(&mut self, name: &ScopeName, new: u32) {
        self.link.statistics.changes_received += u64::from(new);
        if new > 0 {
            self.link.event(NodeEvent::Received { scope: name.clone(), changes: new });
        }
    }

    /// The first of the queue is durable.
    fn batch_done(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        if let Some(done) = scope.feed.queue.pop_front() {
            if let Some(told) = done.checkpoint {
                scope.note_checkpoint(told);
            }
            if scope.checkpoint.is_none_or(|checkpoint| checkpoint.head > scope.state.cursor) {
                self.link.statistics.in_sync.insert(name.clone(), false);
            }
            if let Some(position) = done.bootstrap {
                let (as_of, before) = (position.as_of.0, position.before.0);
                let done = as_of.saturating_sub(before.saturating_sub(1));
                self.link.event(NodeEvent::Bootstrap { scope: name.clone(), done, total: as_of });
            }
            let ack = FeedAck { generation: done.generation, cursor: done.cursor };
            self.link.send(Channel::Feed(name.clone()), ack);
        }
        self.pump_writes(name);
    }

    /// Compares with the server's checkpoint when both sides are at rest.
    pub(super) fn settle(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let Some(checkpoint) = scope.checkpoint else { return };
        let at_rest = scope.is_live()
            && scope.is_quiet()
            && !scope.push.dirty
            && scope.feed.queue.is_empty()
            && !scope.repair_wanted
            // What waits in a scope that this node may not write will never be sent: a repair disowns it.
            && (scope.state.pending_count == 0 || !scope.writable)
            && scope.state.bootstrap.is_none()
            && scope.state.cursor == checkpoint.head;
        if !at_rest {
            return;
        }
        if scope.erasures_wanted {
            self.want_repair(name, true);
            return;
        }
        let equal =
            scope.state.count == checkpoint.count && scope.state.fingerprint == checkpoint.fingerprint;
        if equal {
            scope.repairs = 0;
            if self.link.statistics.in_sync.insert(name.clone(), true) != Some(true) {
                self.link.event(NodeEvent::InSync { scope: name.clone() });
            }
            return;
        }
        self.link.statistics.in_sync.insert(name.clone(), false);
        if scope.repairs < REPAIRS_PER_SESSION_MAX {
            self.link.statistics.incidents += 1;
            self.link.event(NodeEvent::Mismatch { scope: name.clone() });
            self.want_repair(name, false);
        }
    }

    /// Begins a repair as soon as nothing is under way.
    pub(super) fn want_repair(&mut self, name: &ScopeName, erasures: bool) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.repair_wanted = true;
        scope.erasures_wanted |= erasures;
        self.link.statistics.in_sync.insert(name.clone(), false);
        self.pump_writes(name);
    }

    /// Makes the server send from the scope's position on; what it has sent before is void.
    pub(super) fn resume_feed(&mut self, name: &ScopeName, verbatim: bool) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.feed.generation += 1;
        scope.feed.queue.clear();
        scope.feed.verbatim = verbatim;
        let resume = Resume {
            scope: name.clone(),
            generation: scope.feed.generation,
            cursor: scope.state.cursor,
            bootstrap: scope.state.bootstrap,
            verbatim: verbatim.then_some(true),
            epoch: scope.state.epoch,
        };
        self.link.send(Channel::Control, resume);
    }

    /// The stored position is not what the session believed: reads it anew.
    fn reload(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.feed.queue.clear();
        scope.feed.generation += 1;
        scope.phase = Phase::Reloading;
        scope.writing = true;
        self.ops.start(&mut self.link, NodeRequest::LoadReplica, Purpose::Reload(name.clone()));
    }

    pub(super) fn reloaded(&mut self, name: &ScopeName, states: Vec<ScopeState>) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        if let Some(state) = states.into_iter().find(|state| state.scope == *name) {
            scope.state = state;
        }
        scope.writing = false;
        scope.phase = Phase::Live;
        let same_epoch = scope.state.epoch.is_none_or(|epoch| epoch == scope.epoch);
        if same_epoch {
            self.resume_feed(name, false);
        } else {
            self.want_repair(name, true);
        }
        self.pump_writes(name);
        self.pump_push(name);
    }

    /// Local changes were committed.
    pub(super) fn committed(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.push.dirty = scope.writable;
        self.link.statistics.in_sync.insert(name.clone(), false);
        self.pump_push(name);
    }
}

fn advance(batch: &FeedBatch) -> Advance {
    let epoch = batch.epoch;
    match batch.bootstrap {
        None => Advance::Feed { epoch, after: batch.after, cursor: batch.cursor },
        Some(position) if position.before.0 == 0 => Advance::BootstrapDone { epoch, as_of: position.as_of },
        Some(position) => Advance::Bootstrap { epoch, position },
    }
}
