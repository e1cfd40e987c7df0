//! Who else takes part: a hostile node, one of another clinic, one of another version, a copied disk, a
//! revoked certificate. Drawn by seed, so that most worlds have none or one of them.

use std::collections::BTreeMap;

use posto_domain::DocumentId;
use posto_sync::limits::{PING_AFTER_MS, SILENCE_MS_MAX, VERSIONS_SPOKEN};
use posto_sync::simulation::{Faults, NodeSlot};
use posto_sync::{BootId, Fingerprint, SessionEnd};

use crate::clinic::Clinic;
use crate::judge::dump;

/// A node whose certificate was revoked, and what it had got of the others by then.
pub(crate) struct Revoked {
    pub(crate) node: usize,
    shared: BTreeMap<String, (u64, Fingerprint)>,
}

impl Clinic {
    pub(crate) fn draw_cast(&mut self) {
        if self.world.dice.happens(120) {
            let hostile = self.enrol(30);
            self.world.nodes[hostile].hostile = true;
            // Nobody else may have the files that it names.
            self.files_lost = true;
        }
        if self.world.dice.happens(150) {
            self.enrol_elsewhere(60);
        }
        if self.world.dice.happens(200) {
            self.world.hub_version_max = self.world.dice.below(5) as u16 + 1;
            for node in 0..self.world.nodes.len() {
                self.world.nodes[node].version_max = self.world.dice.below(6) as u16 + 1;
            }
        }
        self.world.handshake_refuses = self.world.dice.happens(500);
    }

    pub(crate) fn is_too_old(&self, node: usize) -> bool {
        self.world.nodes[node].version_max + VERSIONS_SPOKEN <= self.world.hub_version_max
    }

    /// Nodes that the server no longer understands were told so and got nothing; then they are updated.
    pub(crate) fn update_nodes(&mut self) {
        for node in (0..self.world.nodes.len()).filter(|node| self.is_too_old(*node)).collect::<Vec<_>>() {
            let (slot, seed) = (&self.world.nodes[node], self.seed);
            let told =
                [Some(SessionEnd::UnsupportedVersion), Some(SessionEnd::Revoked)].contains(&slot.last_end);
            // The copy's garbled line, or its original's session, may have been in the way.
            assert!(
                told || slot.hostile || slot.copied,
                "seed {seed}: node {node} was told {:?}",
                slot.last_end
            );
            assert!(!self.is_caught_up(node), "seed {seed}: node {node} is too old to have a session");
            self.world.nodes[node].version_max = self.world.hub_version_max;
            self.reconnect(node);
        }
    }

    fn is_caught_up(&self, node: usize) -> bool {
        self.world.session(node).is_some_and(posto_sync::node::NodeSession::caught_up)
    }

    pub(crate) fn reconnect(&mut self, node: usize) {
        self.world.set_offline(node, true);
        self.world.run_for(500);
        self.world.set_offline(node, false);
    }

    /// Somebody starts a second machine with a copy of this node's disk.
    pub(crate) fn copy_disk(&mut self, node: usize) {
        let taken = self.copied.is_some() || self.world.nodes.iter().any(|slot| slot.copied);
        let slot = &self.world.nodes[node];
        if taken || slot.hostile || self.is_revoked(node) {
            return;
        }
        let mut copy = NodeSlot::new(slot.store.copy(self.seed), slot.key, slot.actor_prefix);
        (copy.copied, copy.version_max) = (true, slot.version_max);
        copy.boot = BootId(self.world.dice.roll());
        self.world.hub.copy(node);
        self.homes.push(self.homes[node]);
        let copy = self.world.add(copy);
        self.copied = Some((node, copy));
    }

    /// Left alone, one of the two has the session and the other was told why not; then the copy is switched off.
    pub(crate) fn end_copy(&mut self) {
        let Some((original, copy)) = self.copied.take() else { return };
        self.files_lost = true;
        if !self.is_revoked(original) {
            self.world.run_for(PING_AFTER_MS + SILENCE_MS_MAX);
            let refused = [original, copy]
                .map(|node| self.world.session(node).is_none_or(|session| !session.caught_up()));
            let seed = self.seed;
            assert!(refused[0] != refused[1], "seed {seed}: node {original}, its copy {copy}: {refused:?}");
            let told = self.world.nodes[if refused[0] { original } else { copy }].last_end;
            assert_eq!(told, Some(SessionEnd::Cloned), "seed {seed}: node {original}, its copy {copy}");
        }
        self.world.set_offline(copy, true);
    }

    pub(crate) fn is_revoked(&self, node: usize) -> bool {
        self.revoked.as_ref().is_some_and(|revoked| revoked.node == node)
    }

    /// The operator revokes a node's certificate; once its session is over, it gets nothing any more.
    pub(crate) fn revoke(&mut self, node: usize) {
        let in_copy =
            self.world.nodes[node].copied || self.copied.is_some_and(|(original, _)| original == node);
        if node == 0 || self.revoked.is_some() || in_copy {
            return;
        }
        self.world.hub.revoke(node);
        self.world.revoke(node);
        self.nudge_all();
        self.files_lost = true;
        while self.world.session(node).is_some() {
            self.world.run_for(500);
        }
        self.revoked = Some(Revoked { node, shared: self.shared(node) });
    }

    /// Count and fingerprint of what a node has and that does not wait to be sent, by scope.
    fn shared(&self, node: usize) -> BTreeMap<String, (u64, Fingerprint)> {
        let states = self.world.nodes[node].store.store().read(|r| r.scope_states()).unwrap();
        let of = |state: &posto_sync::ScopeState| {
            let count = state.count - state.pending_count;
            (state.scope.to_string(), (count, state.fingerprint.minus(&state.pending_fingerprint)))
        };
        states.iter().map(of).filter(|(_, (count, _))| *count > 0).collect()
    }

    /// After it was revoked, a node got nothing and nothing of it got in.
    pub(crate) fn judge_revoked(&mut self) {
        let Some(Revoked { node, .. }) = self.revoked else { return };
        self.reconnect(node);
        self.world.run_for(5_000);
        let Some(Revoked { shared, .. }) = &self.revoked else { return };
        assert_eq!(self.world.nodes[node].last_end, Some(SessionEnd::Revoked), "seed {}", self.seed);
        assert_eq!(&self.shared(node), shared, "seed {}: revoked node {node}", self.seed);
    }

    /// No node holds a document of another clinic.
    pub(crate) fn judge_borders(&self) {
        let storage = self.world.hub.storage();
        let clinics: Vec<_> = storage
            .scopes()
            .unwrap()
            .into_iter()
            .filter(|scope| scope.to_string().starts_with("clinic/"))
            .collect();
        for (number, slot) in self.world.nodes.iter().enumerate() {
            for foreign in clinics.iter().filter(|clinic| **clinic != self.homes[number]) {
                let held: Vec<DocumentId> = dump(&slot.store, &[*foreign]).into_keys().collect();
                assert_eq!(held, [], "seed {}: node {number} holds documents of {foreign}", self.seed);
                self.knock(number, *foreign);
            }
        }
    }

    /// Every fault ends; whoever may be connected is.
    pub(crate) fn heal(&mut self) {
        self.world.faults = Faults { latency_ms: 20, ..Faults::default() };
        for node in 0..self.world.nodes.len() {
            self.world.set_offline(node, false);
        }
        // A connection that went deaf is noticed by its silence only.
        self.world.run_for(PING_AFTER_MS + SILENCE_MS_MAX);
        self.update_nodes();
        self.end_copy();
    }
}
