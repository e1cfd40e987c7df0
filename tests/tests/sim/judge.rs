//! Whether a world ended well: canonical dumps and read-model rows of every replica, compared.

use std::collections::BTreeMap;

use posto_domain::{DocumentId, Kind, Scope};
use posto_sync::ChangeRefusal;

use crate::clinic::Clinic;
use crate::node::SimNode;

impl Clinic {
    /// Lets everything come to rest and judges it.
    pub(crate) fn settle(&mut self) {
        self.world.run_for(1_500);
        let rested = self.world.run_until_caught_up(2_000_000) && {
            self.world.run_for(1_500);
            self.world.run_until_caught_up(2_000_000)
        };
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
        let shared: Vec<Scope> = storage
            .scopes()
            .unwrap()
            .into_iter()
            .filter(|scope| match scope {
                Scope::Clinic(_) => true,
                Scope::Directory(_) => !self.directory_lost,
                _ => false,
            })
            .collect();
        let mut expected = BTreeMap::new();
        for scope in &shared {
            expected.extend(storage.dump(*scope).unwrap());
        }
        let mut rows: Option<Vec<String>> = None;
        for (number, slot) in self.world.nodes.iter().enumerate().filter(|(_, slot)| slot.must_converge()) {
            let node = &slot.store;
            node.store().project().unwrap();
            let mut expected = expected.clone();
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
            if number == 0 {
                node.store().rebuild().unwrap();
                let rebuilt = node.store().read(|r| r.dump_read_models()).unwrap();
                assert_eq!(dumped, rebuilt, "seed {seed}: read models of node {number} rebuilt");
            }
            if self.directory_lost {
                continue;
            }
            let first = rows.get_or_insert_with(|| dumped.clone());
            for (here, there) in dumped.iter().zip(first.iter()) {
                assert_eq!(here, there, "seed {seed}: read models of node {number}");
            }
            assert_eq!(dumped.len(), first.len(), "seed {seed}: read models of node {number}");
        }
    }
}

impl Clinic {
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

fn dump(node: &SimNode, scopes: &[Scope]) -> BTreeMap<DocumentId, String> {
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
