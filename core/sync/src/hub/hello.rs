//! The beginning of a server's session: hello, admission, welcome, and the verdict on each scope.

use super::scope::{Feed, HubScope};
use super::{Admission, HubEvent, HubRequest, HubSession, Purpose, Stage, Violation};
use crate::channel::Channel;
use crate::limits::{HELLO_TIMEOUT_MS, SCOPES_MAX, VERSIONS_SPOKEN};
use crate::message::{Hello, HelloScope, Verdict, Welcome, WelcomeScope};
use crate::types::{BootstrapPosition, Checkpoint, HubScopeState, ScopeName, Seq, SessionEnd};

/// Capabilities of this build, one bit each: 1 = attachments.
const CAPABILITIES: u64 = 1;
/// Longest software name kept.
const SOFTWARE_BYTES_MAX: usize = 64;

impl HubSession {
    pub(super) fn connected(&mut self) {
        if matches!(self.stage, Stage::Idle) {
            self.stage = Stage::Waiting;
            self.started_ms = self.link.now_ms;
            self.link.start_clock();
        }
    }

    pub(super) fn hello_due(&self) -> Option<u64> {
        matches!(self.stage, Stage::Waiting).then_some(self.started_ms + HELLO_TIMEOUT_MS)
    }

    pub(super) fn greeted(&mut self, hello: Hello) -> Result<(), Violation> {
        if !matches!(self.stage, Stage::Waiting) {
            return Err(Violation);
        }
        let mut names: Vec<&ScopeName> = hello.scopes.iter().map(|scope| &scope.scope).collect();
        names.sort_unstable();
        names.dedup();
        let distinct = names.len() == hello.scopes.len();
        if !distinct || hello.scopes.len() > SCOPES_MAX || hello.software.len() > SOFTWARE_BYTES_MAX {
            return Err(Violation);
        }
        if self.version(&hello).is_none() {
            self.finish(SessionEnd::UnsupportedVersion);
            return Ok(());
        }
        if hello.node != self.config.node {
            self.finish(SessionEnd::UnknownNode);
            return Ok(());
        }
        let request = HubRequest::Admit {
            node: hello.node,
            actor_prefix: hello.actor_prefix,
            instance: hello.instance,
            boot: hello.boot,
            connection: hello.connection,
            software: hello.software.clone(),
        };
        self.stage = Stage::Admitting(Box::new(hello));
        self.ops.start(&mut self.link, request, Purpose::Admit);
        Ok(())
    }

    /// The highest version both speak.
    fn version(&self, hello: &Hello) -> Option<u16> {
        let lowest = self.config.version_max.saturating_sub(VERSIONS_SPOKEN - 1).max(1);
        let version = self.config.version_max.min(hello.version_max);
        (version >= lowest && version >= hello.version_min).then_some(version)
    }

    pub(super) fn admitted(&mut self, admission: Admission) {
        let Stage::Admitting(hello) = std::mem::replace(&mut self.stage, Stage::Waiting) else { return };
        let scopes = match admission {
            Admission::Admitted { scopes } => scopes,
            Admission::Refused(end) => {
                self.finish(end);
                return;
            }
        };
        let Some(version) = self.version(&hello) else { return };
        let wall_clock_ms = self.config.wall_clock_ms.saturating_add(self.link.now_ms - self.started_ms);
        let mut offered = Vec::with_capacity(scopes.len());
        let mut names = Vec::with_capacity(scopes.len());
        for state in scopes.into_iter().take(SCOPES_MAX) {
            let told = hello.scopes.iter().find(|told| told.scope == state.scope);
            let verdict = verdict(told, &state);
            names.push(state.scope.clone());
            self.scopes
                .insert(state.scope.clone(), HubScope::new(state.epoch, first_feed(told, &state, verdict)));
            let pending = told.is_some_and(|told| told.pending_count.is_some());
            offered.push(offer(state, verdict, pending));
        }
        self.link.event(HubEvent::Admitted {
            version,
            software: hello.software.clone(),
            clock_offset_ms: wall_clock_ms.wrapping_sub(hello.wall_clock_ms) as i64,
        });
        let capabilities = CAPABILITIES & hello.capabilities.unwrap_or(0);
        self.link.send(Channel::Control, Welcome { version, capabilities, wall_clock_ms, scopes: offered });
        self.stage = Stage::Running(hello);
        for name in names {
            self.pump_feed(&name);
        }
    }
}

/// How a scope goes on, given what the node told of it.
pub(super) fn verdict(told: Option<&HelloScope>, state: &HubScopeState) -> Verdict {
    let Some((told, epoch)) = told.and_then(|told| Some((told, told.epoch?))) else {
        return Verdict::Bootstrap;
    };
    let ledger_behind = told.erasure_cursor.unwrap_or(0) < state.erasure_head;
    let position = told.bootstrap.map_or(told.cursor, |position| position.as_of);
    if epoch != state.epoch || ledger_behind || position > state.head {
        return Verdict::Repair;
    }
    if told.bootstrap.is_some() {
        return Verdict::Bootstrap;
    }
    if told.cursor < state.head {
        return Verdict::Behind;
    }
    let pending = told.pending_fingerprint.unwrap_or_default();
    let shared =
        (told.count.saturating_sub(told.pending_count.unwrap_or(0)), told.fingerprint.minus(&pending));
    let server = (state.count, state.fingerprint);
    if server == shared || server == (told.count, told.fingerprint) {
        Verdict::InSync
    } else if told.pending_count.unwrap_or(0) > 0 {
        // Some of the pending ones may be here with their acknowledgement lost: judged once they are pushed.
        Verdict::Behind
    } else {
        Verdict::Repair
    }
}

fn first_feed(told: Option<&HelloScope>, state: &HubScopeState, verdict: Verdict) -> Feed {
    let cursor = told.map_or(Seq(0), |told| told.cursor);
    let unfinished = told.and_then(|told| told.bootstrap);
    match verdict {
        // Looked at once all the same: a change may have come between the snapshot and the session's
        // being told of changes. Nothing is sent when it has not.
        Verdict::InSync => {
            let told = Checkpoint { head: state.head, count: state.count, fingerprint: state.fingerprint };
            Feed { active: true, cursor, dirty: true, told: Some(told), ..Feed::default() }
        }
        Verdict::Behind => Feed { active: true, cursor, dirty: true, ..Feed::default() },
        Verdict::Repair => Feed::default(),
        Verdict::Bootstrap => {
            let from_start = BootstrapPosition { as_of: state.head, before: Seq(state.head.0 + 1) };
            let position = unfinished.unwrap_or(from_start);
            Feed {
                active: true,
                bootstrap: Some(position),
                first_as_of: Some(position.as_of),
                ..Feed::default()
            }
        }
    }
}

fn offer(state: HubScopeState, verdict: Verdict, pending: bool) -> WelcomeScope {
    let checkpoint = Checkpoint { head: state.head, count: state.count, fingerprint: state.fingerprint };
    WelcomeScope {
        scope: state.scope,
        verdict,
        epoch: state.epoch,
        checkpoint: (verdict != Verdict::InSync || pending).then_some(checkpoint),
        erasure_head: (state.erasure_head > 0).then_some(state.erasure_head),
        read_only: (!state.writable).then_some(true),
    }
}
