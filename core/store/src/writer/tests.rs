//! What a commit waits for.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::Lane;
use crate::clock::Clock;
use crate::error::Error;
use crate::key::StoreKey;
use crate::options::StoreOptions;
use crate::store::Store;

/// As `PRAGMA synchronous` answers.
const FULL: i64 = 2;
const NORMAL: i64 = 1;

struct Noon;

impl Clock for Noon {
    fn now_ms(&self) -> u64 {
        1_790_000_000_000
    }
}

/// What SQLite is told about the disk while a write of this lane runs.
fn synchronous(store: &Store, lane: Lane) -> i64 {
    let asked = store.submit::<i64, Error, _>(lane, |tx| {
        Ok(tx.connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?)
    });
    asked.wait().unwrap()
}

#[test]
fn whatever_is_acknowledged_waits_for_the_disk_and_only_what_is_derived_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions { background: false, ..StoreOptions::new(Arc::new(Noon)) };
    let store = Store::open(folder.path(), StoreKey::from_bytes([7; 32]), options).unwrap();
    for (lane, told) in [
        (Lane::Interactive, FULL),
        (Lane::Derived, NORMAL),
        (Lane::Interactive, FULL),
        (Lane::Derived, NORMAL),
        (Lane::Background, FULL),
    ] {
        assert_eq!(synchronous(&store, lane), told, "{lane:?}");
    }
}
