//! The erasure ledger: a person disappears from every page of the file and does not return.

use posto_domain::parts::PersonName;
use posto_domain::{Kind, Patient};
use posto_store::{Error, StoreEvent};
use posto_sync::node::{NodeAnswer, NodeRequest};
use posto_sync::{DocId, Erasure};

use crate::faults::with_raw;
use crate::support::{Desk, clinic, folder, scope_name};

pub(crate) fn erase(desk: &Desk, id: posto_domain::PatientId) {
    let entry = Erasure { number: 1, doc: DocId(id.to_bytes()), basis: 1, decided_by: [4; 16], at_ms: 1 };
    let request = NodeRequest::Erase { scope: scope_name(clinic()), entries: vec![entry], cursor: 1 };
    let NodeAnswer::Scope(state) = desk.store.answer(request).unwrap() else { panic!() };
    assert_eq!(state.erasure_cursor, 1);
}

#[test]
fn nothing_of_an_erased_patient_is_left_and_it_cannot_return() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let gone = desk.register("Quitéria Unmistakable");
    desk.edit::<Patient>(gone.cast(), |patient| patient.name = PersonName::of("Quitéria Unmistakable Neves"));
    let stays = desk.register("Ana Souza");
    let (batch, _) = desk.pending();
    let about = |patient| format!("{{\"patient\":\"{patient}\",\"name\":\"scan.pdf\"}}");
    let [theirs, another] = [gone, stays].map(|patient| desk.store.begin_upload(9, about(patient)).unwrap());
    desk.store.continue_upload(theirs.id, 0, b"begun").unwrap();
    erase(&desk, gone);
    assert!(matches!(desk.store.upload(theirs.id), Err(Error::NoSuchBlob)));
    assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 0);
    desk.store.upload(another.id).unwrap();
    let log = folder.path().join("posto.db-wal");
    assert_eq!(std::fs::metadata(log).unwrap().len(), 0, "old pages are not in the log either");
    assert_eq!((desk.state().count, desk.state().pending_count), (1, 1));
    assert!(matches!(desk.store.read(|r| r.document(gone.cast())), Err(Error::NoSuchDocument(_))));
    assert!(desk.find("quiteria").is_empty());
    assert!(desk.find("uiter").is_empty());
    assert_eq!(desk.find("ana"), ["Ana Souza"]);
    // The same changes come back, as from a restored server.
    desk.append(batch.unwrap());
    assert!(desk.find("quiteria").is_empty());
    assert_eq!(desk.state().count, 1);
    assert!(desk.store.doctor().unwrap().findings.is_empty());
    desk.store.read(|r| r.document(stays.cast())).unwrap();
    drop(desk);
    // In no table and in no index: all of the content, decrypted. (Free pages are not part of it.)
    with_raw(folder.path(), |raw| {
        let plain = folder.path().join("plain.db");
        raw.execute("ATTACH DATABASE ?1 AS plain KEY ''", [plain.to_str().unwrap()]).unwrap();
        raw.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
        let bytes = std::fs::read(&plain).unwrap();
        let has = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(has("souza"));
        assert!(!has("nmistakable") && !has("uiteria"));
    });
}

#[test]
fn listeners_hear_of_it() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let gone = desk.register("Ana");
    let (tell, told) = std::sync::mpsc::channel();
    desk.store.listen(move |event| {
        let _ = tell.send(event.clone());
    });
    erase(&desk, gone);
    let erased = told.recv().unwrap();
    assert_eq!(erased, StoreEvent::Erased { documents: vec![gone.cast()] });
    assert_eq!(desk.store.read(|r| r.documents_of_kind(Kind::Patient)).unwrap(), []);
}
