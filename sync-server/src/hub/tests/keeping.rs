//! How changes are kept: smaller than they came, read whichever way they were kept, and damage found.

use posto_domain::{DocumentId, Scope, UserId};
use posto_sync::hub::HubRequest;
use posto_sync::{ChangeRecord, Instance, Seq};

use super::fixture::{Fixture, TestNode, TestPatient, stored};
use super::reading::feed;
use crate::data_folder::DataFolder;
use crate::erasure::{Ledger, LedgerLine, LegalBasis};
use crate::projector::{Projector, Wake};
use crate::revocation::Revocations;
use crate::storage::table::change::testing::{as_schema_2, keep, kept, spoil_sizes};
use crate::storage::table::{document, document_fault, kind_count, scope};
use crate::storage::{Db, DbError, DbOptions};

/// First byte of a change as it came.
const AS_IT_CAME: u8 = 0x85;

/// A log of twenty patients, the first of whom was renamed.
fn filled() -> (Fixture, TestNode, Vec<(TestPatient, ChangeRecord)>, Vec<ChangeRecord>) {
    let mut world = Fixture::new();
    let node = world.add_node();
    let mut patients: Vec<_> = (0..20).map(|i| world.register(&node, &format!("Paciente {i}"))).collect();
    let edit = patients[0].0.rename(&node, "Outra");
    let mut changes: Vec<_> = patients.iter().map(|(_, first)| first.clone()).collect();
    changes.push(edit);
    stored(world.push(&node, &world.clinic_scope(), &changes).unwrap());
    (world, node, patients, changes)
}

/// The rows that the clinic's nodes wrote.
fn rows(world: &Fixture) -> Vec<(i64, Vec<u8>)> {
    let scope = Scope::Clinic(world.clinic);
    world
        .db
        .read_blocking::<_, DbError, _>(|tx| {
            let id = scope::by_name(tx, scope)?.unwrap().id;
            let mut rows = kept(tx)?;
            rows.retain(|(position, _)| (id.position(Seq(0))..=id.position_max()).contains(position));
            Ok(rows)
        })
        .unwrap()
}

fn damage(world: &Fixture, row: usize) {
    let (position, mut bytes) = rows(world).remove(row);
    bytes.truncate(bytes.len() / 2);
    world.db.write_blocking::<_, DbError, _>(move |tx| keep(tx, position, &bytes)).unwrap();
}

fn all(world: &Fixture, node: &TestNode) -> Vec<ChangeRecord> {
    feed(world, node, 0, 1 << 20, Instance(42)).0
}

fn sizes(world: &Fixture, patient: &TestPatient) -> (u64, u64, u64) {
    let (name, doc) = (Scope::Clinic(world.clinic), patient.doc);
    world
        .db
        .read_blocking::<_, DbError, _>(|tx| {
            let scope = scope::by_name(tx, name)?.unwrap().id;
            let counted = kind_count::list(tx)?.into_iter().filter(|row| row.scope == scope);
            let found = document::get(tx, scope, doc)?.unwrap();
            Ok((found.change_count, found.change_bytes, counted.map(|row| row.counts.bytes).sum()))
        })
        .unwrap()
}

#[test]
fn changes_are_kept_smaller_and_counted_and_fed_as_they_came() {
    let (world, node, patients, changes) = filled();
    let rows = rows(&world);
    assert!(rows.iter().all(|(_, bytes)| bytes[0] != AS_IT_CAME));
    let raw: usize = changes.iter().map(|change| change.bytes.len()).sum();
    let held: usize = rows.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(held * 10 < raw * 6, "{held} of {raw} bytes");
    assert_eq!(all(&world, &node), changes);

    let of_first = (changes[0].bytes.len() + changes[20].bytes.len()) as u64;
    let expected = (2, of_first, raw as u64);
    assert_eq!(sizes(&world, &patients[0].0), expected);
    // Made anew from what is kept, after something spoilt them, they are the same.
    let name = Scope::Clinic(world.clinic);
    world
        .db
        .write_blocking::<_, DbError, _>(move |tx| {
            let id = scope::by_name(tx, name)?.unwrap().id;
            spoil_sizes(tx, id)?;
            document::recount(tx, id)?;
            kind_count::recount(tx, id)
        })
        .unwrap();
    assert_eq!(sizes(&world, &patients[0].0), expected);
    world.assert_sound();
    assert_eq!(world.db.damaged_changes().unwrap(), Vec::<String>::new());
}

#[test]
fn a_database_of_schema_2_is_read_and_written_on() {
    let (mut world, node, _, mut changes) = filled();
    world.db.write_blocking(as_schema_2).unwrap();
    let old = world.dir.path().join("old.db");
    world.db.backup_to(&old).unwrap();
    let db = Db::open(&old, DbOptions { create: false }).unwrap();
    world.reopen(db);
    assert!(rows(&world).iter().all(|(_, bytes)| bytes[0] == AS_IT_CAME));
    assert_eq!(all(&world, &node), changes);

    let (_, new) = world.register(&node, "Nova");
    stored(world.push(&node, &world.clinic_scope(), std::slice::from_ref(&new)).unwrap());
    changes.push(new);
    assert_ne!(rows(&world)[21].1[0], AS_IT_CAME, "what is new is kept in the new form");
    assert_eq!(all(&world, &node), changes);
    assert_eq!(world.db.damaged_changes().unwrap(), Vec::<String>::new());
    world.assert_sound();
}

#[test]
fn a_damaged_row_is_named_and_not_fed() {
    let (world, node, _, changes) = filled();
    damage(&world, 3);
    let (position, mut bytes) = rows(&world).remove(7);
    // Whole, but of another change.
    bytes.clone_from(&rows(&world)[8].1);
    world.db.write_blocking::<_, DbError, _>(move |tx| keep(tx, position, &bytes)).unwrap();
    let clinic = Scope::Clinic(world.clinic);
    assert_eq!(
        world.db.damaged_changes().unwrap(),
        [
            format!("change 4 of {clinic} cannot be decompressed"),
            format!("change 8 of {clinic} is not what its hash says")
        ]
    );
    let scope = world.clinic_scope();
    let request =
        HubRequest::ReadByHash { scope, hashes: vec![changes[3].hash], max_bytes: 1 << 20, verbatim: true };
    assert_eq!(world.run(&node, request), Err(posto_sync::StoreFailure::Broken));
}

#[test]
fn a_damaged_row_sets_its_document_aside_and_nothing_else() {
    let (world, ..) = filled();
    damage(&world, 3);
    let projector = Projector {
        db: world.db.clone(),
        directory: world.directory.clone(),
        revocations: Revocations::of(&DataFolder::new(world.dir.path())),
        wake: Wake::default(),
        changed: Box::new(|| {}),
    };
    while projector.step_all().unwrap() {}
    let faults = world.db.read_blocking::<_, DbError, _>(document_fault::count).unwrap();
    assert_eq!(faults, 1);
}

#[test]
fn a_document_with_a_damaged_row_can_be_erased() {
    let (world, _, patients, _) = filled();
    damage(&world, 3);
    let line = LedgerLine {
        scope: Scope::Clinic(world.clinic).to_string(),
        document: DocumentId::from_bytes(patients[3].0.doc.0),
        basis: LegalBasis::Mistake,
        decided_by: UserId::OPERATOR,
        at_ms: 5,
    };
    let ledger = Ledger::of(&DataFolder::new(world.dir.path()));
    assert_eq!(ledger.erase(&world.db, &[line]).unwrap(), 1);
    world.assert_sound();
    assert_eq!(world.db.damaged_changes().unwrap(), Vec::<String>::new());
}
