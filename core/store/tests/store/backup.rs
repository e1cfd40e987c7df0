//! Backups: made while the clinic works, checked, and a node can begin from one.

use posto_domain::Patient;
use posto_domain::parts::PersonName;
use posto_domain::record_number::{NumberRange, PASSED_OVER_AT_RESTORE};
use posto_store::{Error, Store, StoreKey, restore, verify_backup};
use posto_sync::limits::BLOB_CHUNK_BYTES;

use crate::blobs::{attachment, hash, work, write_chunk};
use crate::support::{Desk, TestClock, TestEntropy, clinic, folder, key, options};

fn restored(out: &std::path::Path, folder: &std::path::Path) -> Result<posto_store::BackupInfo, Error> {
    restore(out, folder, &key(), &TestClock(5.into()), &TestEntropy(77.into()))
}

#[test]
fn a_restored_node_has_everything_and_another_instance() {
    let (old, new, out) = (folder(), folder(), folder());
    let mut desk = Desk::open(old.path(), 1);
    let id = desk.register("Ana Souza");
    let upload = desk.store.begin_upload(5, "{}".into()).unwrap();
    desk.store.continue_upload(upload.id, 0, b"hello").unwrap();
    let blob = desk.store.finish_upload(upload.id).unwrap();
    let file = out.path().join("clinic.backup");
    let info = desk.store.backup(&file).unwrap();
    assert_eq!((info.documents, info.changes, info.attachments), (1, 1, 1));
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1, "nothing else is left beside it");
    desk.edit::<Patient>(id.cast(), |patient| patient.name = PersonName::of("Later"));

    restored(&file, new.path()).unwrap();
    let copy = Desk::open(new.path(), 2);
    assert_eq!(copy.find("ana"), ["Ana Souza"]);
    assert_eq!(copy.store.blob(blob).unwrap().read(1, 100).unwrap(), b"ello");
    let instance = |desk: &Desk| desk.store.read(|r| r.instance()).unwrap();
    assert_ne!(instance(&copy), instance(&desk));
    assert_eq!((instance(&copy).0 & 1, instance(&desk).0 & 1), (1, 0), "the server can tell a restored one");
    assert_eq!(copy.state(), {
        let mut state = desk.state();
        (state.count, state.pending_count) = (1, 1);
        (state.fingerprint, state.pending_fingerprint) = (copy.state().fingerprint, copy.state().fingerprint);
        state
    });
    assert!(copy.store.doctor().unwrap().findings.is_empty());
}

#[test]
fn attachments_that_are_not_in_the_backup_begin_anew_and_empty_ones_are_there() {
    let (old, new, out) = (folder(), folder(), folder());
    let mut desk = Desk::open(old.path(), 1);
    let bytes = vec![3; BLOB_CHUNK_BYTES + 1];
    let half = attachment(&mut desk, &bytes);
    let empty = attachment(&mut desk, b"");
    desk.create(clinic(), &half);
    desk.create(clinic(), &empty);
    write_chunk(&desk, hash(&bytes), bytes.len(), 0, &bytes[..BLOB_CHUNK_BYTES]);
    let upload = desk.store.begin_upload(0, "{}".into()).unwrap();
    desk.store.finish_upload(upload.id).unwrap();
    let file = out.path().join("clinic.backup");
    assert_eq!(desk.store.backup(&file).unwrap().attachments, 0);
    restored(&file, new.path()).unwrap();

    let copy = Desk::open(new.path(), 2);
    let download = work(&copy).download;
    assert_eq!(
        download.iter().map(|wanted| (wanted.blob, wanted.chunks_held)).collect::<Vec<_>>(),
        [(hash(&bytes), 0)]
    );
    assert_eq!(copy.store.blob(hash(b"")).unwrap().size(), 0);
}

#[test]
fn a_restored_node_gives_no_number_that_it_may_have_given_after_the_backup() {
    let (old, new, out) = (folder(), folder(), folder());
    let desk = Desk::open(old.path(), 1);
    let (mine, alone) = (NumberRange { next: 1, end: 501 }, NumberRange { next: 1, end: i64::MAX });
    desk.store.write(move |tx| tx.add_numbers("patient", &[mine])).unwrap();
    desk.store.write(move |tx| tx.add_numbers("alone", &[alone])).unwrap();
    let waits = posto_domain::DocumentId::from_bytes([1; 16]);
    desk.store.write(move |tx| tx.note_number("patient", waits, None)).unwrap();
    let file = out.path().join("clinic.backup");
    desk.store.backup(&file).unwrap();
    restored(&file, new.path()).unwrap();
    let copy = Desk::open(new.path(), 2);
    let next = |series: &str| copy.store.read(|r| r.number_supply(series)).unwrap().take();
    assert_eq!((next("patient"), next("alone")), (None, Some(1 + PASSED_OVER_AT_RESTORE)));
    assert_eq!(copy.store.read(|r| r.waiting_for_number("patient", None, 2)).unwrap(), [waits]);
    let again = copy.store.write(move |tx| tx.add_numbers("patient", &[mine])).unwrap();
    assert!(again.is_empty(), "what was granted before the backup is spent");
}

#[test]
fn a_damaged_short_or_foreign_backup_is_refused() {
    let (old, out) = (folder(), folder());
    let mut desk = Desk::open(old.path(), 1);
    for n in 0..50 {
        desk.register(&format!("Ana {n}"));
    }
    let file = out.path().join("clinic.backup");
    desk.store.backup(&file).unwrap();
    verify_backup(&file, &key(), out.path()).unwrap();
    let foreign = verify_backup(&file, &StoreKey::from_bytes([1; 32]), out.path());
    assert!(matches!(foreign, Err(Error::WrongKey)), "{foreign:?}");

    let bytes = std::fs::read(&file).unwrap();
    for at in [3, 40, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        std::fs::write(&file, damaged).unwrap();
        let target = folder();
        let refused = restored(&file, target.path());
        assert!(matches!(refused, Err(Error::Backup(_))), "{at}: {refused:?}");
        assert!(!target.path().join("posto.db").exists());
        assert!(!target.path().join("posto.db.restoring").exists());
    }
    for length in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&file, &bytes[..length]).unwrap();
        let refused = verify_backup(&file, &key(), out.path());
        assert!(matches!(refused, Err(Error::Backup(_))), "{length}: {refused:?}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let (old, out) = (folder(), folder());
    let desk = Desk::open(old.path(), 1);
    let file = out.path().join("clinic.backup");
    desk.store.backup(&file).unwrap();
    assert!(matches!(desk.store.backup(&file), Err(Error::AlreadyExists { .. })));
    assert!(matches!(restored(&file, old.path()), Err(Error::InUse { .. })));
    drop(desk);
    assert!(matches!(restored(&file, old.path()), Err(Error::AlreadyExists { .. })));
    Store::open(old.path(), key(), options(1)).unwrap();
}
