//! Opening: the right key, one process, a schema this program knows.

use posto_store::{Error, Store, StoreKey, SystemEntropy};

use crate::support::{Desk, folder, key, options};

#[test]
fn another_key_is_told_apart_from_damage() {
    let folder = folder();
    drop(Desk::open(folder.path(), 1));
    let wrong = Store::open(folder.path(), StoreKey::from_bytes([8; 32]), options(1));
    assert!(matches!(wrong, Err(Error::WrongKey)), "{wrong:?}");
}

#[test]
fn a_second_opening_is_refused_while_the_first_lasts() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    assert!(matches!(Store::open(folder.path(), key(), options(1)), Err(Error::InUse { .. })));
    drop(desk);
    Store::open(folder.path(), key(), options(1)).unwrap();
}

#[test]
fn nothing_readable_reaches_the_disk() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    desk.register("Quitéria Unmistakable");
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for word in ["Unmistakable", "unmistakable", "SQLite format"] {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
        }
    }
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let folder = folder();
    drop(Desk::open(folder.path(), 1));
    crate::faults::with_raw(folder.path(), |raw| raw.execute_batch("PRAGMA user_version = 99").unwrap());
    let refused = Store::open(folder.path(), key(), options(1));
    assert!(matches!(refused, Err(Error::NewerSchema { found: 99, .. })), "{refused:?}");
    crate::faults::with_raw(folder.path(), |raw| raw.execute_batch("PRAGMA user_version = 1").unwrap());
    Desk::open(folder.path(), 1);
}

#[test]
fn a_key_file_is_private_and_made_once() {
    let folder = folder();
    let path = folder.path().join("db.key");
    let made = StoreKey::generate(&SystemEntropy).unwrap();
    made.create_file(&path).unwrap();
    assert!(matches!(made.create_file(&path), Err(Error::File { .. })));
    StoreKey::read_file(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(StoreKey::read_file(&path), Err(Error::KeyFile { .. })));
    }
}
