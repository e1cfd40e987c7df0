//! Whether a world ended well: canonical dumps and read-model rows of every replica, compared.

use std::collections::BTreeMap;

use posto_domain::{DocumentId, Kind, Scope};
use posto_sync::ChangeRefusal;

use crate::clinic::Clinic;
use crate::node::SimNode;

/// More waiting frames, requests and timers than a world of a few nodes may ever have.
const QUEUE_MAX: usize = 2_000;

impl Clinic {
    /// Lets everything come to rest and judges it.
    pub(crate) fn settle(&mut self) {
        let rested = (0..3).all(|_| {
            self.world.run_for(1_500);
            let rested = self.world.run_until_caught_up(2_000_000);
            self.project();
            rested
        });
        if !rested {
            for (number, node) in self.world.nodes.iter().enumerate() {
                eprintln!("node {number}: ended {:?}, {:#?}", node.last_end, self.world.session(number));
            }
        }
        assert!(rested, "seed {}: not caught up at {} ms", self.seed, self.world.now_ms);
        self.judge();
    }

    fn judge(&self) {
        let seed = self.seed;
        let storage = self.world.hub.storage();
        assert_eq!(storage.faults().unwrap(), Vec::<String>::new(), "seed {seed}: the server's log");
        assert_eq!(self.world.misjudged, 0, "seed {seed}: odd frames taken wrongly");
        assert_eq!(self.world.twins, 0, "seed {seed}: sessions of a node and its copy at once");
        assert!(self.world.queue_max < QUEUE_MAX, "seed {seed}: {} entries wait", self.world.queue_max);
        let mut rows: BTreeMap<Scope, Vec<String>> = BTreeMap::new();
        let expected: BTreeMap<Scope, _> = storage
            .scopes()
            .unwrap()
            .into_iter()
            .map(|scope| (scope, storage.dump(scope).unwrap()))
            .collect();
        for (number, slot) in self.world.nodes.iter().enumerate().filter(|(_, slot)| slot.must_converge()) {
            let node = &slot.store;
            let shared = self.shared_scopes(number);
            let expected: BTreeMap<_, _> = shared.iter().flat_map(|scope| expected[scope].clone()).collect();
            node.store().project().unwrap();
            let mut expected = expected;
            let mut held = dump(node, &shared);
            for refused in node.store().read(|r| r.refused_changes()).unwrap() {
                assert!(
                    self.may_be_refused(refused.reason),
                    "seed {seed}: node {number} was refused {refused:?}"
                );
                expected.remove(&refused.document);
                held.remove(&refused.document);
            }
            assert_same(&held, &expected, &format!("seed {seed}: node {number}"));
            let states = node.store().read(|r| r.scope_states()).unwrap();
            for state in states.iter().filter(|state| !state.scope.as_str().starts_with("local/")) {
                assert_eq!(state.pending_count, 0, "seed {seed}: node {number} waits in {}", state.scope);
            }
            let dumped = node.store().read(|r| r.dump_read_models()).unwrap();
            if !rows.contains_key(&self.homes[number]) {
                node.store().rebuild().unwrap();
                let rebuilt = node.store().read(|r| r.dump_read_models()).unwrap();
                assert_eq!(dumped, rebuilt, "seed {seed}: read models of node {number} rebuilt");
            }
            if self.directory_lost {
                continue;
            }
            let first = rows.entry(self.homes[number]).or_insert_with(|| dumped.clone());
            for (here, there) in dumped.iter().zip(first.iter()) {
                assert_eq!(here, there, "seed {seed}: read models of node {number}");
            }
            assert_eq!(dumped.len(), first.len(), "seed {seed}: read models of node {number}");
        }
        self.judge_files();
        self.judge_borders();
    }

    /// What all nodes of this one's clinic hold.
    fn shared_scopes(&self, node: usize) -> Vec<Scope> {
        let Scope::Clinic(clinic) = self.homes[node] else { return Vec::new() };
        let directory = (!self.directory_lost).then_some(Scope::Directory(clinic));
        std::iter::once(Scope::Clinic(clinic)).chain(directory).collect()
    }

    /// A change is put aside only when the server lost it and alone may write it.
    fn may_be_refused(&self, reason: ChangeRefusal) -> bool {
        self.directory_lost && reason == ChangeRefusal::ScopeForbidden
    }
}

fn assert_same(held: &BTreeMap<DocumentId, String>, expected: &BTreeMap<DocumentId, String>, whose: &str) {
    for (id, dump) in expected {
        assert_eq!(held.get(id), Some(dump), "{whose} differs from the server in {id}");
    }
    for id in held.keys() {
        assert!(expected.contains_key(id), "{whose} holds {id}, which the server does not");
    }
}

pub(crate) fn dump(node: &SimNode, scopes: &[Scope]) -> BTreeMap<DocumentId, String> {
    node.store()
        .read::<_, posto_store::Error>(|r| {
            let mut dump = BTreeMap::new();
            for kind in Kind::all() {
                for id in r.documents_of_kind(kind)? {
                    let Some(info) = r.document_info(id)? else { continue };
                    if scopes.contains(&info.scope) {
                        dump.insert(id, r.document(id)?.canonical()?);
                    }
                }
            }
            Ok(dump)
        })
        .unwrap()
}
