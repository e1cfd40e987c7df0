//! What the server takes and what it refuses.

use posto_domain::Scope;
use posto_sync::{ChangeRefusal, Fingerprint, ScopeName, StoreFailure};

use super::fixture::{Fixture, stored};
use crate::storage::DbError;
use crate::storage::table::{installation, refusal};

#[test]
fn good_changes_are_stored_once_however_often_they_come() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let changes: Vec<_> = (0..40).map(|i| world.register(&node, &format!("Paciente {i}")).1).collect();
    let (new, refused, state) = stored(world.push(&node, &scope, &changes).unwrap());
    assert_eq!((new, refused.len(), state.head.0, state.count), (40, 0, 40, 40));
    assert_eq!(state.fingerprint, changes.iter().map(|c| &c.hash).collect::<Fingerprint>());
    let (again, _, same) = stored(world.push(&node, &scope, &changes).unwrap());
    assert_eq!((again, same), (0, state));
    world.assert_sound();
}

#[test]
fn edits_build_on_what_the_server_holds() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let (mut patient, first) = world.register(&node, "Ana");
    stored(world.push(&node, &scope, &[first]).unwrap());
    let edits = [patient.rename(&node, "Ana Maria"), patient.rename(&node, "Ana Maria Souza")];
    let (new, refused, state) = stored(world.push(&node, &scope, &edits).unwrap());
    assert_eq!((new, refused, state.count), (2, vec![], 3));
    world.assert_sound();
}

#[test]
fn a_bad_change_takes_its_dependants_with_it_and_nobody_else() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let (mut lost, _never_sent) = world.register(&node, "Beto");
    let orphan = lost.rename(&node, "Beto Lima");
    let child = lost.rename(&node, "Beto de Lima");
    let (_, good) = world.register(&node, "Caio");
    let (new, refused, state) = stored(world.push(&node, &scope, &[orphan, child, good]).unwrap());
    assert_eq!((new, state.count), (1, 1));
    assert_eq!(refused, [ChangeRefusal::MissingDependency, ChangeRefusal::MissingDependency]);
    let kept = world.db.read_blocking::<_, DbError, _>(|tx| refusal::newest(tx, 10)).unwrap();
    assert_eq!(kept.len(), 2);
    world.assert_sound();
}

#[test]
fn what_was_refused_for_want_of_another_is_settled_when_it_comes_in_order() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let (mut patient, first) = world.register(&node, "Davi");
    let edit = patient.rename(&node, "Davi Reis");
    stored(world.push(&node, &scope, std::slice::from_ref(&edit)).unwrap());
    let (new, refused, _) = stored(world.push(&node, &scope, &[first, edit]).unwrap());
    assert_eq!((new, refused.len()), (2, 0));
    let kept = world.db.read_blocking::<_, DbError, _>(|tx| refusal::newest(tx, 10)).unwrap();
    assert!(kept.is_empty(), "{kept:?}");
}

#[test]
fn changes_under_another_nodes_actor_are_refused() {
    let mut world = Fixture::new();
    let (honest, thief) = (world.add_node(), world.add_node());
    let scope = world.clinic_scope();
    let (_, stolen) = world.register(&honest, "Eva");
    let (new, refused, _) = stored(world.push(&thief, &scope, &[stolen]).unwrap());
    assert_eq!((new, refused), (0, vec![ChangeRefusal::ForeignActor]));
}

#[test]
fn after_a_restore_nodes_bring_back_each_others_changes_but_not_a_strangers() {
    let mut world = Fixture::new();
    let (author, keeper) = (world.add_node(), world.add_node());
    let other = world.add_clinic("Dois");
    let elsewhere = world.add_location(other);
    let stranger = world.add_node_to(other, elsewhere);
    let restored = super::fixture::NOW_MS.to_be_bytes();
    world
        .db
        .write_blocking::<_, DbError, _>(move |tx| {
            installation::set(tx, installation::RESTORED_AT, &restored)
        })
        .unwrap();
    let scope = world.clinic_scope();
    let (mut patient, first) = world.register(&author, "Ema");
    let edit = patient.rename(&keeper, "Ema Luz");
    let (_, foreign) = world.register(&stranger, "Nia");
    let (new, refused, _) = stored(world.push(&keeper, &scope, &[first, edit, foreign]).unwrap());
    assert_eq!((new, refused), (2, vec![ChangeRefusal::ForeignActor]));
}

#[test]
fn nodes_write_neither_the_directory_nor_kinds_that_live_elsewhere() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let (_, change) = world.register(&node, "Fábio");
    let directory = ScopeName::new(&Scope::Directory(world.clinic).to_string()).unwrap();
    let (new, refused, _) = stored(world.push(&node, &directory, std::slice::from_ref(&change)).unwrap());
    assert_eq!((new, refused), (0, vec![ChangeRefusal::ScopeForbidden]));
    let location = ScopeName::new(&Scope::Location(world.location).to_string()).unwrap();
    let (new, refused, _) = stored(world.push(&node, &location, &[change]).unwrap());
    assert_eq!((new, refused), (0, vec![ChangeRefusal::KindForbidden]));
}

#[test]
fn another_clinics_scope_does_not_exist_for_a_node() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let other = world.add_clinic("Dois");
    let foreign = ScopeName::new(&Scope::Clinic(other).to_string()).unwrap();
    let (_, change) = world.register(&node, "Gil");
    assert_eq!(world.push(&node, &foreign, &[change]), Err(StoreFailure::Broken));
    world.assert_sound();
}

#[test]
fn two_changes_with_one_number_mean_a_copied_database() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let (mut patient, first) = world.register(&node, "Hugo");
    stored(world.push(&node, &scope, &[first]).unwrap());
    let copy = patient.document.clone();
    let edit = patient.rename(&node, "Hugo Um");
    patient.document = copy;
    let rival = patient.rename(&node, "Hugo Dois");
    let (new, refused, _) = stored(world.push(&node, &scope, &[edit, rival]).unwrap());
    assert_eq!((new, refused), (1, vec![ChangeRefusal::DuplicateSequence]));
}

#[test]
fn a_document_keeps_its_kind() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let (mut patient, first) = world.register(&node, "Iara");
    stored(world.push(&node, &scope, &[first]).unwrap());
    let mut edit = patient.rename(&node, "Iara Sá");
    edit.kind = posto_sync::KindCode(posto_domain::Kind::Room.code());
    let (new, refused, _) = stored(world.push(&node, &scope, &[edit]).unwrap());
    assert_eq!((new, refused), (0, vec![ChangeRefusal::KindForbidden]));
}

#[test]
fn a_batch_that_does_not_decode_stores_nothing() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let outcome = world.push_batch(&node, &world.clinic_scope(), vec![0xff; 100]).unwrap();
    assert_eq!(outcome, posto_sync::hub::PushOutcome::Corrupt);
    world.assert_sound();
}

#[test]
fn a_change_whose_operations_do_not_decode_is_refused() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let (_, good) = world.register(&node, "Júlia");
    let bad = with_broken_operations(&good);
    assert!(posto_sync::header::ChangeHeader::parse(&bad.bytes).is_ok(), "its header is sound");
    let (new, refused, _) = stored(world.push(&node, &world.clinic_scope(), &[bad, good]).unwrap());
    assert_eq!((new, refused), (1, vec![ChangeRefusal::Malformed]));
}

#[test]
fn sessions_that_push_at_the_same_time_lose_nothing() {
    let mut world = Fixture::new();
    let nodes = [world.add_node(), world.add_node(), world.add_node()];
    let pushes: Vec<_> = nodes
        .iter()
        .map(|node| (*node, (0..60).map(|i| world.register(node, &format!("P {i}")).1).collect::<Vec<_>>()))
        .collect();
    let scope = world.clinic_scope();
    std::thread::scope(|threads| {
        for (node, changes) in &pushes {
            let (world, scope) = (&world, &scope);
            threads.spawn(move || {
                for part in changes.chunks(7) {
                    assert_eq!(stored(world.push(node, scope, part).unwrap()).0 as usize, part.len());
                }
            });
        }
    });
    let (_, _, state) = stored(world.push(&nodes[0], &scope, &pushes[0].1).unwrap());
    assert_eq!((state.head.0, state.count), (180, 180));
    world.assert_sound();
}

/// The same change with its last column byte turned, and the checksum put right.
fn with_broken_operations(good: &posto_sync::ChangeRecord) -> posto_sync::ChangeRecord {
    use sha2::{Digest as _, Sha256};
    let rest = posto_sync::header::ChangeHeader::parse(&good.bytes).unwrap().rest;
    for at in rest.clone().rev() {
        let mut bytes = good.bytes.clone();
        bytes[at] ^= 0xff;
        let hash: [u8; 32] = Sha256::digest(&bytes[8..]).into();
        bytes[4..8].copy_from_slice(&hash[..4]);
        if posto_documents::check_change(&bytes).is_err() {
            return posto_sync::ChangeRecord { hash: posto_sync::ChangeHash(hash), bytes, ..good.clone() };
        }
    }
    panic!("no byte matters");
}
