//! Writes: all or nothing each, durable together, announced after the commit.

use std::sync::{Arc, Mutex};

use posto_domain::Patient;
use posto_domain::parts::PersonName;
use posto_store::{Error, Store, StoreEvent, StoreOptions};

use crate::support::{Desk, clinic, folder, key, options};

#[test]
fn a_registered_patient_survives_reopening() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let id = desk.register("Ana Souza");
    drop(desk);

    let desk = Desk::open(folder.path(), 1);
    let patient: Patient = desk.store.read(|r| r.record(id.cast())).unwrap();
    assert_eq!(patient.name, PersonName::of("Ana Souza"));
    assert_eq!(desk.find("ana"), ["Ana Souza"]);
    assert_eq!((desk.state().count, desk.state().pending_count), (1, 1));
}

#[test]
fn a_refused_write_leaves_nothing_and_its_neighbours_everything() {
    let folder = folder();
    let store = Store::open(folder.path(), key(), options(1)).unwrap();
    // All three wait behind the first, so that they share a transaction.
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let first = store.write_async(move |_| {
        let _ = held.recv();
        Ok::<_, Error>(())
    });
    let kept = store.write_async(|tx| tx.set_local_value("kept", b"1"));
    let refused = store.write_async(|tx| {
        tx.set_local_value("refused", b"1")?;
        Err::<(), _>(Error::NoSuchBlob)
    });
    let panicked = store.write_async(|tx| {
        tx.set_local_value("panicked", b"1")?;
        panic!("on purpose");
        #[expect(unreachable_code, reason = "gives the closure its type")]
        Ok::<(), Error>(())
    });
    let also_kept = store.write_async(|tx| tx.set_local_value("also kept", b"1"));
    hold.send(()).unwrap();
    first.wait().unwrap();
    kept.wait().unwrap();
    also_kept.wait().unwrap();
    assert!(matches!(refused.wait(), Err(Error::NoSuchBlob)));
    assert!(matches!(panicked.wait(), Err(Error::Panicked)));
    let held = |name: &'static str| store.read(|r| r.local_value(name)).unwrap().is_some();
    assert_eq!(
        [held("kept"), held("refused"), held("panicked"), held("also kept")],
        [true, false, false, true]
    );
}

#[test]
fn events_come_after_the_commit_and_only_for_what_was_kept() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    desk.store.listen(move |event| sink.lock().unwrap().push(event.clone()));
    let id = desk.register("Ana");
    desk.store.write(|_| Err::<(), _>(Error::NoSuchBlob)).unwrap_err();
    let seen = seen.lock().unwrap();
    assert_eq!(
        *seen,
        [
            StoreEvent::DocumentChanged { id: id.cast(), kind: posto_domain::Kind::Patient, scope: clinic() },
            StoreEvent::PendingChanges { scope: clinic() },
        ]
    );
}

#[test]
fn a_commit_based_on_an_older_state_is_projected_again() {
    let (left, right) = (folder(), folder());
    let (mut a, mut b) = (Desk::open(left.path(), 1), Desk::open(right.path(), 2));
    let id = a.register("Ana Souza");
    a.send_to(&b);
    // B changes the name while A has the document open.
    b.edit::<Patient>(id.cast(), |patient| patient.name = PersonName::of("Ana Lima"));
    let mut opened = a.store.read(|r| r.open(id.cast())).unwrap();
    let context = a.context();
    let change = opened
        .document
        .edit::<Patient, posto_documents::Error>(None, &context, |patient| {
            patient.mother_name = Some("Rita".into());
            Ok(())
        })
        .unwrap();
    b.send_to(&a);
    let commit = posto_store::LocalCommit::edit(&opened, change.into_iter().collect()).unwrap();
    a.store.write(move |tx| tx.commit_local(commit)).unwrap();
    a.store.project().unwrap();
    assert_eq!(a.find("ana"), ["Ana Lima"]);
}

#[test]
fn a_long_history_is_kept_short_by_a_snapshot_and_stays_whole() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let id = desk.register("Ana");
    for number in 0..150 {
        desk.edit::<Patient>(id.cast(), |patient| patient.mother_name = Some(format!("Rita {number}")));
    }
    let document = desk.store.read(|r| r.document(id.cast())).unwrap();
    assert_eq!(document.changes().len(), 151);
    assert_eq!(document.record::<Patient>().unwrap().mother_name.unwrap(), "Rita 149");
    let before = desk.dump();
    desk.store.rebuild().unwrap();
    assert_eq!(desk.dump(), before);
}

#[test]
fn what_was_acknowledged_is_in_the_files_a_killed_process_leaves() {
    let (alive, dead) = (folder(), folder());
    let mut desk = Desk::open(alive.path(), 1);
    for round in 0..5 {
        for n in 0..20 {
            desk.register(&format!("Ana {round} {n}"));
        }
        for name in ["posto.db", "posto.db-wal"] {
            std::fs::copy(alive.path().join(name), dead.path().join(name)).unwrap();
        }
        let copy = Desk::open(dead.path(), 2);
        assert_eq!(copy.state(), desk.state());
        assert_eq!(copy.dump(), desk.dump());
        assert!(copy.store.doctor().unwrap().findings.is_empty());
        drop(copy);
        std::fs::remove_file(dead.path().join("posto.db")).unwrap();
    }
}

#[test]
fn a_torn_end_of_the_log_costs_only_what_was_not_acknowledged() {
    let (alive, dead) = (folder(), folder());
    let mut desk = Desk::open(alive.path(), 1);
    let log = alive.path().join("posto.db-wal");
    desk.register("Ana");
    let acknowledged = std::fs::metadata(&log).unwrap().len();
    desk.register("Eva");
    let bytes = std::fs::read(&log).unwrap();
    for length in [acknowledged, acknowledged + 10, acknowledged + 5_000, bytes.len() as u64 - 1] {
        std::fs::copy(alive.path().join("posto.db"), dead.path().join("posto.db")).unwrap();
        std::fs::write(dead.path().join("posto.db-wal"), &bytes[..length as usize]).unwrap();
        let copy = Desk::open(dead.path(), 2);
        assert_eq!((copy.find("ana").len(), copy.find("eva").len()), (1, 0), "{length}");
        drop(copy);
        std::fs::remove_file(dead.path().join("posto.db")).unwrap();
    }
}

#[test]
fn writes_of_many_threads_are_all_kept_and_read_models_follow_by_themselves() {
    let (left, right) = (folder(), folder());
    let mut desk = Desk::open(left.path(), 1);
    for n in 0..600 {
        desk.register(&format!("Ana {n}"));
    }
    let background = StoreOptions { background: true, ..options(3) };
    let store = Store::open(right.path(), key(), background).unwrap();
    let appended = posto_sync::node::NodeRequest::Append {
        scope: crate::support::scope_name(clinic()),
        batch: desk.pending().0,
        advance: posto_sync::node::Advance::Stay,
    };
    std::thread::scope(|threads| {
        threads.spawn(|| store.answer(appended).unwrap());
        for n in 0..8_u8 {
            let store = &store;
            threads.spawn(move || {
                for m in 0..25_u8 {
                    store.write(move |tx| tx.set_local_value(&format!("{n}.{m}"), &[m])).unwrap();
                }
            });
        }
    });
    while !store.read(|r| r.is_projected()).unwrap() {
        std::thread::yield_now();
    }
    assert_eq!(store.read(|r| r.dump_read_models()).unwrap(), desk.dump());
    for name in (0..8).flat_map(|n| (0..25).map(move |m| format!("{n}.{m}"))) {
        assert!(store.read(|r| r.local_value(&name)).unwrap().is_some());
    }
}

#[test]
fn the_log_does_not_grow_with_what_is_written() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    for number in 0..100_u8 {
        desk.store.write(move |tx| tx.set_local_value("megabyte", &vec![number; 1 << 20])).unwrap();
    }
    let log = std::fs::metadata(folder.path().join("posto.db-wal")).unwrap().len();
    assert!(log < 70 << 20, "{log} bytes");
}
