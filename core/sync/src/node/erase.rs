//! Carrying out the server's erasure ledger.

use super::scope::Phase;
use super::{NodeRequest, NodeSession, Purpose, Violation};
use crate::channel::Channel;
use crate::limits::ERASURES_PER_FRAME_MAX;
use crate::message::{Erasures, ErasuresDone, ErasuresWanted, ScopeChanged};
use crate::types::{ScopeName, ScopeState};

impl NodeSession {
    /// The scope has a new incarnation: perhaps an erasure, perhaps a restored server.
    pub(super) fn scope_changed(&mut self, changed: &ScopeChanged) -> Result<(), Violation> {
        let Some(scope) = self.scopes.get_mut(&changed.scope) else { return Err(Violation) };
        scope.epoch = changed.epoch;
        scope.checkpoint = None;
        self.want_repair(&changed.scope, true);
        Ok(())
    }

    pub(super) fn ask_erasures(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.phase = Phase::Erasing;
        scope.erasures_wanted = false;
        let after = scope.state.erasure_cursor;
        self.link.statistics.round_trips += 1;
        self.link.send(Channel::Control, ErasuresWanted { scope: name.clone(), after });
    }

    pub(super) fn erasures(&mut self, erasures: Erasures) -> Result<(), Violation> {
        let name = erasures.scope;
        let Some(scope) = self.scopes.get_mut(&name) else { return Err(Violation) };
        let mut cursor = scope.state.erasure_cursor;
        for entry in &erasures.entries {
            if entry.number <= cursor {
                return Err(Violation);
            }
            cursor = entry.number;
        }
        let fitting = matches!(scope.phase, Phase::Erasing) && !scope.writing;
        if !fitting || erasures.entries.len() > ERASURES_PER_FRAME_MAX {
            return Err(Violation);
        }
        if erasures.entries.is_empty() {
            self.after_erasures(&name);
            return Ok(());
        }
        scope.writing = true;
        scope.erasures_wanted = erasures.more;
        let request = NodeRequest::Erase { scope: name.clone(), entries: erasures.entries, cursor };
        self.ops.start(&mut self.link, request, Purpose::Erase(name));
        Ok(())
    }

    pub(super) fn erased(&mut self, name: &ScopeName, state: ScopeState) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        scope.writing = false;
        scope.state = state;
        let cursor = scope.state.erasure_cursor;
        let more = scope.erasures_wanted;
        self.link.send(Channel::Control, ErasuresDone { scope: name.clone(), cursor });
        if more {
            self.ask_erasures(name);
        } else {
            self.after_erasures(name);
        }
    }

    /// With the ledger carried out, the sets are often equal already; else they are reconciled.
    pub(super) fn after_erasures(&mut self, name: &ScopeName) {
        let Some(scope) = self.scopes.get_mut(name) else { return };
        let equal = scope.checkpoint.is_some_and(|checkpoint| {
            let server = (checkpoint.count, checkpoint.fingerprint);
            let all = (scope.state.count, scope.state.fingerprint);
            scope.state.bootstrap.is_none() && (server == scope.state.shared() || server == all)
        });
        match scope.checkpoint {
            Some(checkpoint) if equal => {
                let epoch = scope.epoch;
                self.adopt(name, epoch, checkpoint.head);
            }
            _ => self.start_repair(name),
        }
    }
}
