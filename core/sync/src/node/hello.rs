//! The beginning of a node's session: load, hello, welcome.

use super::scope::{NodeScope, Phase};
use super::{NodeEvent, NodeRequest, NodeSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::{EARLY_BYTES_MAX, HELLO_TIMEOUT_MS, SCOPES_MAX};
use crate::message::{Hello, HelloScope, Verdict, Welcome, WelcomeScope};
use crate::types::{Checkpoint, Instance, ScopeState, SessionEnd};

/// How far the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not connected.
    Idle,
    /// The replica is being read.
    Loading,
    /// Hello is out.
    Greeting { sent_ms: u64 },
    /// Admitted.
    Running,
}

/// Capabilities of this build, one bit each: 1 = attachments.
pub(crate) const CAPABILITIES: u64 = 1;

impl NodeSession {
    pub(super) fn connected(&mut self) {
        if self.stage == Stage::Idle {
            self.stage = Stage::Loading;
            self.started_ms = self.link.now_ms;
            self.link.start_clock();
            self.ops.start(&mut self.link, NodeRequest::LoadReplica, Purpose::Load);
        }
    }

    pub(super) fn hello_due(&self) -> Option<u64> {
        match self.stage {
            Stage::Greeting { sent_ms } => Some(sent_ms + HELLO_TIMEOUT_MS),
            _ => None,
        }
    }

    pub(super) fn hello_overdue(&self) -> bool {
        self.hello_due().is_some_and(|due_ms| due_ms <= self.link.now_ms)
    }

    fn wall_clock_ms(&self) -> u64 {
        self.config.wall_clock_ms.saturating_add(self.link.now_ms - self.started_ms)
    }

    pub(super) fn loaded(&mut self, instance: Instance, scopes: Vec<ScopeState>) {
        let hello = Hello {
            version_min: 1,
            version_max: self.config.version_max,
            node: self.config.node,
            actor_prefix: self.config.actor_prefix,
            instance,
            boot: self.config.boot,
            connection: self.config.connection,
            software: self.config.software.clone(),
            wall_clock_ms: self.wall_clock_ms(),
            scopes: scopes.iter().take(SCOPES_MAX).map(HelloScope::of).collect(),
            capabilities: Some(CAPABILITIES),
        };
        self.link.send(Channel::Control, hello);
        self.stage = Stage::Greeting { sent_ms: self.link.now_ms };
        self.known = scopes;
    }

    pub(super) fn welcome(&mut self, welcome: Welcome) -> Result<(), Violation> {
        let Stage::Greeting { sent_ms } = self.stage else { return Err(Violation) };
        if welcome.scopes.len() > SCOPES_MAX {
            return Err(Violation);
        }
        if !(1..=self.config.version_max).contains(&welcome.version) {
            self.finish(SessionEnd::UnsupportedVersion);
            return Ok(());
        }
        self.stage = Stage::Running;
        self.link.statistics.round_trips += 1;
        let round_trip_ms = self.link.now_ms - sent_ms;
        let here_ms = self.wall_clock_ms().saturating_sub(round_trip_ms / 2);
        self.link.event(NodeEvent::Admitted {
            version: welcome.version,
            clock_offset_ms: welcome.wall_clock_ms.wrapping_sub(here_ms) as i64,
            round_trip_ms,
        });
        let known = std::mem::take(&mut self.known);
        for state in &known {
            if !welcome.scopes.iter().any(|offered| offered.scope == state.scope) {
                self.link.event(NodeEvent::ScopeWithdrawn { scope: state.scope.clone() });
            }
        }
        for offered in welcome.scopes {
            let state = known.iter().find(|state| state.scope == offered.scope).cloned();
            self.begin_scope(state.unwrap_or_else(|| ScopeState::empty(offered.scope.clone())), offered);
        }
        self.list_blobs();
        for (channel, frame) in std::mem::take(&mut self.early) {
            self.dispatch(channel, &frame)?;
        }
        Ok(())
    }

    /// Streams do not wait for each other: the first batches of a feed may come before the welcome.
    pub(super) fn keep_early(&mut self, channel: Channel, frame: &[u8]) -> Result<(), Violation> {
        let held: usize = self.early.iter().map(|(_, frame)| frame.len()).sum();
        if !matches!(self.stage, Stage::Greeting { .. }) || held + frame.len() > EARLY_BYTES_MAX {
            return Err(Violation);
        }
        self.early.push((channel, frame.to_vec()));
        Ok(())
    }

    fn begin_scope(&mut self, state: ScopeState, offered: WelcomeScope) {
        let name = offered.scope;
        let (phase, repair) = match offered.verdict {
            Verdict::InSync | Verdict::Behind | Verdict::Bootstrap => (Phase::Live, false),
            Verdict::Repair => (Phase::Erasing, true),
        };
        let in_sync = offered.verdict == Verdict::InSync && state.pending_count == 0;
        let erasures_missing = offered.erasure_head.unwrap_or(0) > state.erasure_cursor;
        let mut scope = NodeScope::new(state, offered.epoch, !offered.read_only.unwrap_or(false), phase);
        let (head, count, fingerprint) = (scope.state.cursor, scope.state.count, scope.state.fingerprint);
        let own = in_sync.then_some(Checkpoint { head, count, fingerprint });
        scope.checkpoint = offered.checkpoint.or(own);
        // A first download goes first; the ledger follows, for what was written here before.
        scope.erasures_wanted = erasures_missing;
        self.scopes.insert(name.clone(), scope);
        self.link.statistics.in_sync.insert(name.clone(), in_sync);
        if in_sync {
            self.link.event(NodeEvent::InSync { scope: name.clone() });
        }
        if !repair {
            self.pump_push(&name);
            self.pump_writes(&name);
        } else if erasures_missing {
            self.ask_erasures(&name);
        } else {
            self.after_erasures(&name);
        }
    }
}
