//! What the tests of this binary share: building worlds, writing, and judging where they ended.

use posto_sync::node::NodeNudge;
use posto_sync::simulation::{NodeSlot, World};
use posto_sync::*;

use crate::hub_model::{HubModel, HubScope};
use crate::node_model::{NodeModel, Status};

pub(crate) type TestWorld = World<NodeModel, HubModel>;

pub(crate) fn clinic() -> ScopeName {
    ScopeName::new("clinic/one").unwrap()
}

pub(crate) fn directory() -> ScopeName {
    ScopeName::new("directory/one").unwrap()
}

/// Nodes that have enrolled and know their scopes' names, nothing more.
pub(crate) fn world(seed: u64, nodes: u8) -> TestWorld {
    let mut hub = HubModel { foreign_allowed: true, ..HubModel::default() };
    hub.scopes.insert(clinic(), HubScope::new(1, true));
    hub.scopes.insert(directory(), HubScope::new(1, false));
    let mut world = World::new(seed, hub);
    for index in 0..nodes {
        let store = NodeModel::new(index).with_scope(&clinic());
        world.add(NodeSlot::new(store, NodeKey([index; 16]), ActorPrefix([index; 8])));
    }
    world
}

pub(crate) fn doc(number: u64) -> DocId {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    DocId(id)
}

/// A local change on a node, of one of `docs` documents.
pub(crate) fn write(world: &mut TestWorld, node: usize, docs: u64) {
    let target = doc(world.dice.below(docs));
    let operations = world.dice.roll().to_be_bytes();
    world.nodes[node].store.write(&clinic(), target, &operations);
    world.nudge(node, NodeNudge::Committed(clinic()));
}

/// The server itself writes into the directory.
pub(crate) fn write_directory(world: &mut TestWorld) {
    let number = world.dice.roll();
    let scope = world.hub.scopes.get_mut(&directory()).unwrap();
    let change = simulation::plain_change(
        doc(number % 9),
        KindCode(3),
        &[],
        &[7; 16],
        number % 99 + 1,
        &number.to_be_bytes(),
    );
    if !scope.index.contains_key(&change.hash) {
        scope.insert(change, Instance(0));
    }
    world.nudge_hub(&directory());
}

/// Everybody holds the same, nothing waits, nothing was refused without reason.
pub(crate) fn assert_converged(world: &TestWorld, seed: u64) {
    for (name, hub) in &world.hub.scopes {
        let expected = hub.hashes();
        for (index, node) in world.nodes.iter().enumerate().filter(|(_, node)| node.must_converge()) {
            let held = &node.store.scopes[name];
            let (more, less) =
                (held.hashes().difference(&expected).count(), expected.difference(&held.hashes()).count());
            if (more, less) != (0, 0) {
                let missing: Vec<_> = expected.difference(&held.hashes()).copied().collect();
                for hash in missing {
                    let row = held.index.get(&hash).map(|local| held.rows[local].status);
                    eprintln!("missing at seq {} here {row:?}", hub.index[&hash]);
                }
                eprintln!(
                    "epoch {:?} cursor {:?} head {} bootstrap {:?}",
                    held.epoch == Some(hub.epoch),
                    held.cursor,
                    hub.head,
                    held.bootstrap
                );
                eprintln!("{:?}", world.session(index).map(|s| format!("{s:#?}")));
            }
            assert_eq!(
                (more, less),
                (0, 0),
                "seed {seed}: node {index} has more and less than the server in {name}"
            );
            let pending = held.rows.values().filter(|row| row.status == Status::Pending).count();
            assert_eq!(pending, 0, "seed {seed}: node {index} has changes waiting in {name}");
            assert_eq!(held.cursor.0, hub.head, "seed {seed}: node {index}, {name}");
            for row in held.rows.values() {
                let refused =
                    matches!(row.status, Status::Refused(reason) if reason != ChangeRefusal::Erased);
                let allowed = name == &directory();
                assert!(!refused || allowed, "seed {seed}: node {index} holds {:?}", row.status);
            }
        }
    }
}

pub(crate) fn settle(world: &mut TestWorld, seed: u64) {
    // News may be on its way to a node that believes itself in sync: look twice.
    world.run_for(1_500);
    let caught_up = world.run_until_caught_up(2_000_000) && {
        world.run_for(1_500);
        world.run_until_caught_up(2_000_000)
    };
    if !caught_up {
        for (index, node) in world.nodes.iter().enumerate() {
            eprintln!("node {index}: last end {:?}, session {:#?}", node.last_end, world.session(index));
        }
    }
    assert!(caught_up, "seed {seed}: not caught up at {} ms", world.now_ms);
    assert_converged(world, seed);
}
