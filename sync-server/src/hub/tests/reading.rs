//! What a node is fed.

use posto_domain::Scope;
use posto_sync::batch::{self, DecodeLimits};
use posto_sync::hub::{Admission, HubAnswer, HubRequest};
use posto_sync::{
    ActorPrefix, BootId, ChangeHash, ChangeRecord, Checkpoint, Instance, NodeKey, Seq, SessionEnd,
};

use super::fixture::{Fixture, NOW_MS, TestNode, stored};
use crate::hub::Bases;
use crate::revocation::Revocation;

struct Nothing;

impl batch::DependencyResolver for Nothing {
    fn resolve(&mut self, _: &[u8]) -> Option<batch::HeldChange> {
        None
    }
}

pub(super) fn decode(batch: &[u8]) -> Vec<ChangeRecord> {
    batch::decode(batch, &Bases::load(), &mut Nothing, DecodeLimits::default()).unwrap()
}

pub(super) fn feed(
    world: &Fixture,
    node: &TestNode,
    after: u64,
    max_bytes: usize,
    exclude: Instance,
) -> (Vec<ChangeRecord>, Seq, Option<Checkpoint>) {
    let request = HubRequest::ReadFeed {
        scope: world.clinic_scope(),
        after: Seq(after),
        max_bytes,
        exclude,
        verbatim: false,
    };
    match world.run(node, request).unwrap() {
        HubAnswer::ReadFeed { batch, cursor, checkpoint, changes, .. } => {
            let records = batch.map(|batch| decode(&batch)).unwrap_or_default();
            assert_eq!(records.len(), changes as usize);
            (records, cursor, checkpoint)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_feed_gives_everything_in_order_and_ends_with_a_checkpoint() {
    let mut world = Fixture::new();
    let (writer, reader) = (world.add_node(), world.add_node());
    let changes: Vec<_> = (0..30).map(|i| world.register(&writer, &format!("P {i}")).1).collect();
    let (_, _, state) = stored(world.push(&writer, &world.clinic_scope(), &changes).unwrap());
    let (mut got, mut cursor, mut rounds) = (Vec::new(), Seq(0), 0);
    let checkpoint = loop {
        let (batch, next, checkpoint) = feed(&world, &reader, cursor.0, 1_000, reader.instance);
        assert!(next > cursor, "every batch goes forward");
        got.extend(batch);
        (cursor, rounds) = (next, rounds + 1);
        if let Some(checkpoint) = checkpoint {
            break checkpoint;
        }
    };
    assert_eq!(got, changes);
    assert!(rounds > 3, "the batches are bounded");
    assert_eq!(
        checkpoint,
        Checkpoint { head: state.head, count: state.count, fingerprint: state.fingerprint }
    );
}

#[test]
fn a_node_is_not_fed_what_its_own_database_wrote_but_what_an_earlier_one_did() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let (_, change) = world.register(&node, "Ana");
    stored(world.push(&node, &world.clinic_scope(), std::slice::from_ref(&change)).unwrap());
    let (own, cursor, checkpoint) = feed(&world, &node, 0, 1 << 20, node.instance);
    assert_eq!((own.len(), cursor, checkpoint.is_some()), (0, Seq(1), true));
    let (restored, ..) = feed(&world, &node, 0, 1 << 20, Instance(42));
    assert_eq!(restored, [change]);
}

#[test]
fn changes_are_found_by_hash_in_log_order_as_far_as_there_is_room() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let changes: Vec<_> = (0..12).map(|i| world.register(&node, &format!("P {i}")).1).collect();
    stored(world.push(&node, &world.clinic_scope(), &changes).unwrap());
    let mut wanted: Vec<ChangeHash> = changes.iter().rev().map(|change| change.hash).collect();
    wanted.push(ChangeHash([5; 32]));
    let mut got = Vec::new();
    while !wanted.is_empty() {
        let scope = world.clinic_scope();
        let request = HubRequest::ReadByHash { scope, hashes: wanted, max_bytes: 900, verbatim: false };
        match world.run(&node, request).unwrap() {
            HubAnswer::ReadByHash { batch, rest, .. } => {
                got.extend(batch.map(|batch| decode(&batch)).unwrap_or_default());
                wanted = rest;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(got, changes);
}

#[test]
fn a_node_is_admitted_to_its_own_scopes_only() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let other = world.add_clinic("Dois");
    let elsewhere = world.add_location(other);
    world.add_node_to(other, elsewhere);
    world.add_location(world.clinic);
    let Admission::Admitted { scopes } =
        admit(&world, &node, ActorPrefix::of_node(NodeKey(node.id.to_bytes())))
    else {
        panic!("refused")
    };
    let names: Vec<String> = scopes.iter().map(|state| state.scope.to_string()).collect();
    let expected =
        [Scope::Directory(world.clinic), Scope::Clinic(world.clinic), Scope::Location(world.location)];
    assert_eq!(names, expected.map(|scope| scope.to_string()));
    assert_eq!(scopes.iter().map(|state| state.writable).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn a_wrong_prefix_or_a_revoked_node_is_not_admitted() {
    let mut world = Fixture::new();
    let node = world.add_node();
    assert_eq!(admit(&world, &node, ActorPrefix([0; 8])), Admission::Refused(SessionEnd::ProtocolViolation));
    let directory = world.directory.clone();
    let revocation = Revocation { node: node.id, decided_by: posto_domain::UserId::OPERATOR, at_ms: NOW_MS };
    world.db.write_blocking(move |tx| directory.revoke_node(tx, &revocation, None)).unwrap();
    let prefix = ActorPrefix::of_node(NodeKey(node.id.to_bytes()));
    assert_eq!(admit(&world, &node, prefix), Admission::Refused(SessionEnd::Revoked));
    let (_, change) = world.register(&node, "X");
    assert!(world.push(&node, &world.clinic_scope(), &[change]).is_err());
}

fn admit(world: &Fixture, node: &TestNode, actor_prefix: ActorPrefix) -> Admission {
    let request = HubRequest::Admit {
        node: NodeKey(node.id.to_bytes()),
        actor_prefix,
        instance: node.instance,
        boot: BootId(1),
        connection: 1,
        software: "test".into(),
    };
    match world.run(node, request).unwrap() {
        HubAnswer::Admit(admission) => admission,
        other => panic!("{other:?}"),
    }
}
