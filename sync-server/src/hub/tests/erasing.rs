//! Erasure: gone here, gone from the sums, never back.

use posto_domain::{DocumentId, Scope, UserId};
use posto_sync::ChangeRefusal;
use posto_sync::hub::{HubAnswer, HubRequest};

use super::fixture::{Fixture, stored};
use crate::data_folder::DataFolder;
use crate::erasure::{Ledger, LedgerLine, LegalBasis};
use crate::storage::{Db, DbOptions};

fn line(world: &Fixture, doc: posto_sync::DocId) -> LedgerLine {
    LedgerLine {
        scope: Scope::Clinic(world.clinic).to_string(),
        document: DocumentId::from_bytes(doc.0),
        basis: LegalBasis::Request,
        decided_by: UserId::OPERATOR,
        at_ms: 5,
    }
}

#[test]
fn an_erased_document_leaves_the_sums_and_does_not_return() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let (mut gone, first) = world.register(&node, "Ana");
    let (_, other) = world.register(&node, "Bia");
    let edit = gone.rename(&node, "Ana Lua");
    let (_, _, before) = stored(world.push(&node, &scope, &[first.clone(), other.clone(), edit]).unwrap());
    let ledger = Ledger::of(&DataFolder::new(world.dir.path()));
    assert_eq!(ledger.erase(&world.db, &[line(&world, gone.doc)]).unwrap(), 1);
    world.assert_sound();

    let (new, refused, after) = stored(world.push(&node, &scope, &[first]).unwrap());
    assert_eq!((new, refused), (0, vec![ChangeRefusal::Erased]));
    assert_eq!((after.count, after.head, after.erasure_head), (1, before.head, 1));
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(ledger.apply(&world.db).unwrap(), 0, "what was carried out is not again");
}

#[test]
fn a_first_download_holds_nothing_erased_however_often_its_pages_were_asked_for() {
    let mut world = Fixture::new();
    let (writer, reader) = (world.add_node(), world.add_node());
    let scope = world.clinic_scope();
    let (gone, first) = world.register(&writer, "Ana");
    let (_, other) = world.register(&writer, "Bia");
    let (_, _, state) = stored(world.push(&writer, &scope, &[first, other]).unwrap());
    let (as_of, before) = (state.head, posto_sync::Seq(state.head.0 + 1));
    let download = || {
        let request = HubRequest::BootstrapPage {
            scope: scope.clone(),
            as_of,
            before,
            max_bytes: 1_000_000,
            verbatim: false,
        };
        match world.run(&reader, request).unwrap() {
            HubAnswer::BootstrapPage { epoch, changes, .. } => (epoch, changes),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(download(), (state.epoch, 2));
    assert_eq!(download(), (state.epoch, 2));
    let ledger = Ledger::of(&DataFolder::new(world.dir.path()));
    ledger.erase(&world.db, &[line(&world, gone.doc)]).unwrap();
    let (epoch, changes) = download();
    assert_ne!(epoch, state.epoch);
    assert_eq!(changes, 1);
}

#[test]
fn the_ledger_is_carried_out_again_on_a_restored_database() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let (gone, first) = world.register(&node, "Ana");
    stored(world.push(&node, &world.clinic_scope(), &[first]).unwrap());
    let backup = world.dir.path().join("backup.db");
    world.db.backup_to(&backup).unwrap();
    let ledger = Ledger::of(&DataFolder::new(world.dir.path()));
    ledger.erase(&world.db, &[line(&world, gone.doc)]).unwrap();

    let restored = Db::open(&backup, DbOptions { create: false }).unwrap();
    assert_eq!(ledger.apply(&restored).unwrap(), 1);
}

#[test]
fn a_line_that_a_crash_tore_is_not_in_the_ledger() {
    let world = Fixture::new();
    let path = world.dir.path().join("erasures.ndjson");
    let whole = serde_json::to_string(&line(&world, posto_sync::DocId([1; 16]))).unwrap();
    std::fs::write(&path, format!("{whole}\n{}", &whole[..20])).unwrap();
    assert_eq!(Ledger::of(&DataFolder::new(world.dir.path())).read().unwrap().len(), 1);
    std::fs::write(&path, format!("{}\n{whole}\n", &whole[..20])).unwrap();
    assert!(
        Ledger::of(&DataFolder::new(world.dir.path())).read().is_err(),
        "a torn line in the middle is damage"
    );
}

#[test]
fn nodes_read_the_ledger_and_confirm_it() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let scope = world.clinic_scope();
    let docs: Vec<_> = (0..3).map(|i| world.register(&node, &format!("P {i}"))).collect();
    let changes: Vec<_> = docs.iter().map(|(_, change)| change.clone()).collect();
    stored(world.push(&node, &scope, &changes).unwrap());
    let ledger = Ledger::of(&DataFolder::new(world.dir.path()));
    let lines: Vec<_> = docs.iter().map(|(patient, _)| line(&world, patient.doc)).collect();
    ledger.erase(&world.db, &lines).unwrap();
    let answer =
        world.run(&node, HubRequest::ReadErasures { scope: scope.clone(), after: 1, max: 1 }).unwrap();
    let HubAnswer::ReadErasures { entries, more } = answer else { panic!("{answer:?}") };
    assert_eq!((entries.len(), entries[0].number, entries[0].doc, more), (1, 2, docs[1].0.doc, true));
    let key = posto_sync::NodeKey(node.id.to_bytes());
    world.run(&node, HubRequest::ConfirmErasures { scope, node: key, cursor: 99 }).unwrap();
}
