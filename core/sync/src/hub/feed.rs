//! The server's outgoing side: the log after the node's cursor, or first the documents newest first.

use super::{HubEvent, HubRequest, HubSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{BATCH_RAW_BYTES_TARGET, BATCHES_IN_FLIGHT_MAX};
use crate::message::{FeedAck, FeedBatch, Resume, ScopeChanged};
use crate::types::{BootstrapPosition, Checkpoint, Epoch, ScopeName, Seq};

impl HubSession {
    /// Reads the next batch when there may be one and the window has room.
    pub(super) fn pump_feed(&mut self, name: &ScopeName) {
        let Ok(instance) = self.hello().map(|hello| hello.instance) else { return };
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let feed = &mut scope.feed;
        if !feed.active || feed.reading || feed.in_flight >= BATCHES_IN_FLIGHT_MAX {
            return;
        }
        let verbatim = feed.verbatim;
        let (request, purpose) = if let Some(position) = feed.bootstrap {
            let request = HubRequest::BootstrapPage {
                scope: name.clone(),
                as_of: position.as_of,
                before: position.before,
                max_bytes: BATCH_RAW_BYTES_TARGET,
                verbatim,
            };
            (request, Purpose::Page(name.clone()))
        } else if feed.dirty {
            feed.dirty = false;
            let request = HubRequest::ReadFeed {
                scope: name.clone(),
                after: feed.cursor,
                max_bytes: BATCH_RAW_BYTES_TARGET,
                exclude: instance,
                verbatim,
            };
            (request, Purpose::ReadFeed(name.clone()))
        } else {
            return;
        };
        feed.reading = true;
        feed.stale_read = false;
        self.ops.start(&mut self.link, request, purpose);
    }

    /// Whether what was read may be sent: not when the feed was resumed elsewhere meanwhile, nor when
    /// the scope has a new incarnation, which the node is told.
    fn still_wanted(&mut self, name: &ScopeName, epoch: Epoch) -> bool {
        let Some(scope) = self.scopes.get_mut(name) else { return false };
        scope.feed.reading = false;
        if scope.feed.stale_read || !scope.feed.active {
            scope.feed.stale_read = false;
            scope.feed.dirty = true;
            self.pump_feed(name);
            return false;
        }
        if epoch != scope.epoch {
            self.new_epoch(name, epoch);
            return false;
        }
        scope.feed.verbatim = false;
        true
    }

    fn new_epoch(&mut self, name: &ScopeName, epoch: Epoch) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.epoch = epoch;
        scope.feed.active = false;
        self.link.send(Channel::Control, ScopeChanged { scope: name.clone(), epoch });
    }

    pub(super) fn feed_read(
        &mut self,
        name: &ScopeName,
        epoch: Epoch,
        batch: Option<Vec<u8>>,
        changes: u32,
        cursor: Seq,
        checkpoint: Option<Checkpoint>,
    ) {
        if !self.still_wanted(name, epoch) {
            return;
        }
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let feed = &mut scope.feed;
        let after = feed.cursor;
        let news = batch.is_some() || cursor != after || (checkpoint.is_some() && checkpoint != feed.told);
        feed.cursor = cursor;
        feed.dirty |= checkpoint.is_none() && cursor > after;
        if news {
            feed.told = checkpoint;
            feed.in_flight += 1;
            let message = FeedBatch {
                generation: feed.generation,
                epoch,
                after,
                cursor,
                batch: batch.map(Into::into),
                checkpoint,
                bootstrap: None,
            };
            self.link.statistics.changes_sent += u64::from(changes);
            self.link.send(Channel::Feed(name.clone()), message);
        }
        self.pump_feed(name);
    }

    pub(super) fn page_read(
        &mut self,
        name: &ScopeName,
        epoch: Epoch,
        batches: Vec<Vec<u8>>,
        changes: u32,
        before: Seq,
    ) {
        if !self.still_wanted(name, epoch) {
            return;
        }
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let feed = &mut scope.feed;
        let Some(position) = feed.bootstrap else { return };
        let finished = before.0 == 0 || batches.is_empty();
        let next = BootstrapPosition { before: if finished { Seq(0) } else { before }, ..position };
        let mut frames: Vec<(Option<Vec<u8>>, BootstrapPosition)> =
            batches.into_iter().map(|batch| (Some(batch), position)).collect();
        match frames.last_mut() {
            Some(last) => last.1 = next,
            None => frames.push((None, next)),
        }
        feed.bootstrap = (!finished).then_some(next);
        if finished {
            feed.cursor = position.as_of;
            feed.dirty = true;
        }
        feed.in_flight += frames.len();
        let generation = feed.generation;
        for (batch, position) in frames {
            let message = FeedBatch {
                generation,
                epoch,
                after: Seq(0),
                cursor: Seq(0),
                batch: batch.map(Into::into),
                checkpoint: None,
                bootstrap: Some(position),
            };
            self.link.send(Channel::Feed(name.clone()), message);
        }
        self.link.statistics.changes_sent += u64::from(changes);
        self.pump_feed(name);
    }

    pub(super) fn feed_ack(&mut self, name: &ScopeName, ack: &FeedAck) -> Result<(), Violation> {
        let feed = &mut self.scopes.get_mut(name).ok_or(Violation)?.feed;
        if ack.generation != feed.generation {
            return Ok(());
        }
        feed.in_flight = feed.in_flight.checked_sub(1).ok_or(Violation)?;
        if ack.cursor.0 > 0 {
            self.link.event(HubEvent::Acknowledged { scope: name.clone(), cursor: ack.cursor });
        }
        self.pump_feed(name);
        Ok(())
    }

    /// The node says where to go on, after a repair or for a batch it could not rebuild.
    pub(super) fn resume(&mut self, resume: &Resume) -> Result<(), Violation> {
        let scope = self.scopes.get_mut(&resume.scope).ok_or(Violation)?;
        let feed = &mut scope.feed;
        if resume.generation <= feed.generation {
            return Err(Violation);
        }
        feed.active = true;
        feed.generation = resume.generation;
        feed.cursor = resume.cursor;
        feed.bootstrap = resume.bootstrap;
        feed.in_flight = 0;
        feed.stale_read = feed.reading;
        feed.dirty = true;
        feed.verbatim = resume.verbatim.unwrap_or(false);
        feed.told = None;
        let epoch = scope.epoch;
        if resume.epoch.is_some_and(|told| told != epoch) {
            self.new_epoch(&resume.scope, epoch);
        } else if resume.epoch.is_none() && resume.bootstrap.is_none() {
            // Nothing was stored yet: the first download begins anew from where it began before.
            return self.restart_bootstrap(&resume.scope);
        }
        self.pump_feed(&resume.scope);
        Ok(())
    }

    /// The very first batch of a first download did not arrive in one piece.
    fn restart_bootstrap(&mut self, name: &ScopeName) -> Result<(), Violation> {
        let feed = &mut self.scopes.get_mut(name).ok_or(Violation)?.feed;
        let as_of = feed.first_as_of.ok_or(Violation)?;
        feed.bootstrap = Some(BootstrapPosition { as_of, before: Seq(as_of.0 + 1) });
        self.pump_feed(name);
        Ok(())
    }

    /// Sends a checkpoint even when nothing is new.
    pub(super) fn verify(&mut self, name: &ScopeName) -> Result<(), Violation> {
        self.scopes.get_mut(name).ok_or(Violation)?.feed.told = None;
        self.changed(name);
        Ok(())
    }

    /// The scope's log may have grown.
    pub(super) fn changed(&mut self, name: &ScopeName) {
        if let Some(scope) = self.scopes.get_mut(name) {
            scope.feed.dirty = true;
            self.pump_feed(name);
        }
    }
}
