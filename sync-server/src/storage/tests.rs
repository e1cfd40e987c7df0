//! The database facade: what a commit, an undo and a backup promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::table::{installation, signal};
use super::value::params;
use super::*;

fn open(dir: &tempfile::TempDir) -> Db {
    Db::open(&dir.path().join("server.db"), DbOptions { create: true }).unwrap()
}

fn get(db: &Db, name: &'static str) -> Option<Vec<u8>> {
    db.read_blocking::<_, DbError, _>(|tx| installation::get(tx, name)).unwrap()
}

#[test]
fn a_failed_write_undoes_itself_and_not_its_neighbours() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    let threads: Vec<_> = (0..16)
        .map(|i| {
            let db = db.clone();
            std::thread::spawn(move || {
                db.write_blocking::<_, DbError, _>(move |tx| {
                    installation::set(tx, &format!("n{i}"), b"x")?;
                    if i % 2 == 0 { Ok(()) } else { Err(DbError::NoRow { what: "odd" }) }
                })
            })
        })
        .collect();
    let results: Vec<bool> = threads.into_iter().map(|thread| thread.join().unwrap().is_ok()).collect();
    assert_eq!(results.iter().filter(|ok| **ok).count(), 8);
    let kept = db
        .read_blocking::<_, DbError, _>(|tx| tx.rows("SELECT name FROM installation", &[], |row| row.text(0)))
        .unwrap();
    assert_eq!(kept.len(), 8, "{kept:?}");
}

#[test]
fn a_panic_inside_a_write_is_undone_and_the_next_write_works() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    let result = db.write_blocking::<(), DbError, _>(|tx| {
        installation::set(tx, "lost", b"x")?;
        panic!("deliberate");
    });
    assert!(matches!(result, Err(DbError::Panicked)));
    db.write_blocking::<_, DbError, _>(|tx| installation::set(tx, "kept", b"x")).unwrap();
    assert_eq!((get(&db, "lost"), get(&db, "kept")), (None, Some(b"x".to_vec())));
}

#[test]
fn placeholders_are_positions_not_order_of_appearance() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    let row = db.read_blocking::<_, DbError, _>(|tx| {
        tx.row("pair", "SELECT $2, $1", params![1_i64, 2_i64], |row| Ok((row.int(0)?, row.int(1)?)))
    });
    assert_eq!(row.unwrap(), (2, 1));
}

#[test]
fn signals_rise_by_one_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    for _ in 0..3 {
        db.write_blocking::<_, DbError, _>(|tx| signal::raise(tx, signal::NODES)).unwrap();
    }
    let all = db.read_blocking::<_, DbError, _>(signal::all).unwrap();
    assert_eq!(all.get(signal::NODES), Some(&3));
}

#[test]
fn a_backup_opens_as_a_database_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    db.write_blocking::<_, DbError, _>(|tx| installation::set(tx, "a", b"1")).unwrap();
    let copy = dir.path().join("copy.db");
    db.backup_to(&copy).unwrap();
    db.write_blocking::<_, DbError, _>(|tx| installation::set(tx, "a", b"2")).unwrap();
    let copy = Db::open(&copy, DbOptions { create: false }).unwrap();
    assert_eq!(get(&copy, "a"), Some(b"1".to_vec()));
    assert!(copy.integrity_problems().unwrap().is_empty());
}

#[test]
fn a_database_of_a_newer_version_is_refused_politely() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    db.write_blocking::<_, DbError, _>(|tx| {
        tx.execute("INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES (999, 'x', '', '0')", &[])
    })
    .unwrap();
    drop(db);
    let again = Db::open(&dir.path().join("server.db"), DbOptions { create: false });
    assert!(matches!(again, Err(DbError::Newer { found: 999, .. })));
}

#[test]
fn a_missing_database_is_not_created_by_accident() {
    let dir = tempfile::tempdir().unwrap();
    let result = Db::open(&dir.path().join("nothing.db"), DbOptions { create: false });
    assert!(matches!(result, Err(DbError::Missing)));
}
