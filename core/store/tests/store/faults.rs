//! What breaks in the field: full disks, damaged pages, corrupt documents.

use std::path::Path;

use posto_store::{DocumentState, Error, Finding, Store};
use rusqlite::Connection;

use crate::support::{Desk, folder, key, options};

/// The file as somebody with the key and a database tool sees it.
pub(crate) fn with_raw(folder: &Path, work: impl FnOnce(&Connection)) {
    let raw = Connection::open(folder.join("posto.db")).unwrap();
    raw.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA cipher_page_size = 4096; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;
         PRAGMA cipher_kdf_algorithm = PBKDF2_HMAC_SHA256;",
        "07".repeat(32)
    ))
    .unwrap();
    work(&raw);
    raw.close().unwrap();
}

#[test]
fn a_damaged_page_is_an_error_of_its_own_and_found_by_the_doctor() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    for n in 0..200 {
        desk.register(&format!("Ana {n} Souza"));
    }
    drop(desk);
    let path = folder.path().join("posto.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    bytes[(pages - 2) * 4096 + 100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let desk = Desk::open(folder.path(), 1);
    let findings = match desk.store.doctor() {
        Ok(report) => {
            assert!(!report.is_sound());
            report.findings
        }
        Err(Error::DamagedFile(_)) => return,
        Err(other) => panic!("{other:?}"),
    };
    assert!(findings.iter().any(|finding| matches!(finding, Finding::DamagedPage { .. })), "{findings:?}");
}

#[test]
fn after_an_unclean_end_a_damaged_file_is_refused() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    for n in 0..200 {
        desk.register(&format!("Ana {n} Souza"));
    }
    drop(desk);
    let path = folder.path().join("posto.db");
    let mut bytes = std::fs::read(&path).unwrap();
    for page in 5..bytes.len() / 4096 {
        bytes[page * 4096 + 100] ^= 1;
    }
    std::fs::write(&path, bytes).unwrap();
    // What a killed process leaves behind.
    std::fs::write(folder.path().join("posto.db-wal"), [0; 64]).unwrap();
    let refused = Store::open(folder.path(), key(), options(1));
    assert!(matches!(refused, Err(Error::DamagedFile(_))), "{refused:?}");
}

#[test]
fn a_corrupt_document_is_set_aside_and_the_others_go_on() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let broken = desk.register("Ana Souza");
    desk.register("Eva Lima");
    drop(desk);
    with_raw(folder.path(), |raw| {
        raw.execute_batch(
            "UPDATE change SET bytes = CAST(substr(bytes, 1, 60) || x'ffffffff' || substr(bytes, 65) AS BLOB) WHERE local_seq = 1",
        )
        .unwrap();
    });
    let desk = Desk::open(folder.path(), 1);
    desk.store.rebuild().unwrap();
    let aside = desk.store.read(|r| r.quarantined()).unwrap();
    assert_eq!(aside.iter().map(|aside| aside.id).collect::<Vec<_>>(), [broken.cast()]);
    let info = desk.store.read(|r| r.document_info(broken.cast())).unwrap().unwrap();
    assert_eq!(info.state, DocumentState::Quarantined);
    assert!(matches!(desk.store.read(|r| r.open(broken.cast())), Err(Error::Quarantined(_))));
    assert_eq!(desk.find("eva"), ["Eva Lima"]);
    assert!(desk.find("ana").is_empty());
    assert!(desk.store.doctor().unwrap().is_sound());
}

#[test]
fn a_full_disk_refuses_the_write_and_keeps_what_was_acknowledged() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    desk.register("Ana Souza");
    desk.store.limit_size_for_test(64).unwrap();
    let mut refused = None;
    for n in 0..2_000 {
        let written = desk.store.write(move |tx| tx.set_local_value(&format!("k{n}"), &[n as u8; 2_000]));
        if let Err(error) = written {
            refused = Some((n, error));
            break;
        }
    }
    let (n, error) = refused.unwrap();
    assert!(matches!(error, Error::DiskFull), "{error:?}");
    let held = |n: u32| desk.store.read(|r| r.local_value(&format!("k{n}"))).unwrap().is_some();
    assert!((0..n).all(held) && !held(n));
    // Room again: the store goes on without being opened anew.
    desk.store.limit_size_for_test(1 << 20).unwrap();
    desk.register("Eva Lima");
    assert_eq!(desk.find("eva"), ["Eva Lima"]);
}
