//! Record numbers: each given once in a clinic, whichever node gives it, before and after a restore.

use std::collections::BTreeSet;
use std::path::Path;

use posto_domain::record_number::RANGE_SIZE_DEFAULT;
use posto_domain::{DocumentId, Kind, Patient};
use posto_net::testing::LAN;
use posto_store::{Store, StoreKey, StoreOptions};
use posto_tests::clock::TestClock;
use posto_tests::processes::run;

use crate::clinic::{Branch, Clinic};

/// Rounds in which a server that works behind its acknowledgements has answered.
const ROUNDS_MAX: usize = 40;

/// Every patient of a node that does not run, with the record number.
fn numbers(data: &Path) -> Vec<(DocumentId, Option<i64>)> {
    let key = StoreKey::read_file(&data.join("db.key")).unwrap();
    let store = Store::open(data, key, StoreOptions::new(std::sync::Arc::new(TestClock))).unwrap();
    let read = store.read(|r| {
        let ids = r.documents_of_kind(Kind::Patient)?;
        ids.into_iter().map(|id| Ok((id, r.record::<Patient>(id)?.record_number))).collect()
    });
    read.map_err(|error: posto_store::Error| error).unwrap()
}

fn given(data: &Path) -> BTreeSet<i64> {
    let all: Vec<i64> = numbers(data).into_iter().filter_map(|(_, number)| number).collect();
    let distinct: BTreeSet<i64> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len(), "a number was given twice");
    distinct
}

/// Syncs until every patient has a number.
async fn sync_until_numbered(branch: &Branch) {
    for _ in 0..ROUNDS_MAX {
        branch.sync().await;
        if numbers(&branch.node.data).iter().all(|(_, number)| number.is_some()) {
            return;
        }
    }
    panic!("somebody never got a number");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_never_give_one_number_and_nobody_stays_without() {
    let clinic = Clinic::open();
    let (a, b) = (clinic.branch("a", LAN).await, clinic.branch("b", LAN).await);
    // Offline, and more people than the node has numbers for.
    let range = RANGE_SIZE_DEFAULT as usize;
    a.import(0..range + 30);
    b.import(range + 30..range + 70);
    assert_eq!((given(&a.node.data).len(), given(&b.node.data).len()), (range, 40));
    assert_eq!(numbers(&a.node.data).len(), range + 30, "who gets no number is registered all the same");
    sync_until_numbered(&a).await;
    a.sync().await;
    b.sync().await;
    assert_eq!(given(&b.node.data).len(), range + 70, "all of the clinic's, and none twice");
    let mut both = [numbers(&a.node.data), numbers(&b.node.data)].map(|mut all| {
        all.retain(|(_, number)| number.is_some());
        all.sort();
        all
    });
    let of_b = both[1].split_off(0);
    assert!(both[0].iter().all(|known| of_b.contains(known)), "both nodes know the same numbers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_gives_no_number_again() {
    let clinic = Clinic::open();
    let a = clinic.branch("a", LAN).await;
    a.import(0..5);
    a.sync().await;
    let backup = clinic.path("a.backup");
    run(a.node.command("backup").arg("--out").arg(&backup)).unwrap();
    // Given after the backup and never sent: the server knows nothing of them either.
    a.import(5..12);
    let before = given(&a.node.data);
    std::fs::remove_file(a.node.data.join("posto.db")).unwrap();
    run(a.node.command("restore").arg("--from").arg(&backup)).unwrap();
    a.import(12..20);
    assert_eq!(given(&a.node.data).len(), 5, "until the server has granted new ones, nobody gets a number");
    sync_until_numbered(&a).await;
    let after = given(&a.node.data);
    let (old, new): (BTreeSet<i64>, BTreeSet<i64>) =
        after.iter().partition(|number| before.contains(*number));
    assert_eq!((old.len(), new.len()), (5, 8), "{before:?} {after:?}");
    // And again: a second restore of the same backup.
    std::fs::remove_file(a.node.data.join("posto.db")).unwrap();
    run(a.node.command("restore").arg("--from").arg(&backup)).unwrap();
    a.import(20..23);
    sync_until_numbered(&a).await;
    let last = given(&a.node.data);
    assert!(last.is_superset(&after) && last.len() == after.len() + 3, "{after:?} {last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_has_given_no_number_twice() {
    let clinic = Clinic::open();
    let a = clinic.branch("a", LAN).await;
    let running = a.serve().await;
    let desk = std::sync::Arc::new(clinic.sign_in(&running).await);
    let (acknowledged, mut told) = tokio::sync::mpsc::unbounded_channel();
    for hand in 0..4 {
        let (desk, acknowledged) = (desk.clone(), acknowledged.clone());
        // Ends with the node: the request under way fails.
        tokio::spawn(async move {
            for n in 0.. {
                let id = desk.register(&format!("Pessoa {hand} {n}")).await;
                let _ = acknowledged.send(id);
            }
        });
    }
    drop(acknowledged);
    let mut known = Vec::new();
    while known.len() < 40 {
        known.push(told.recv().await.unwrap());
    }
    running.kill();
    while let Some(id) = told.recv().await {
        known.push(id);
    }
    let running = a.serve().await;
    let desk = clinic.sign_in(&running).await;
    for n in 0..10 {
        known.push(desk.register(&format!("Depois {n}")).await);
    }
    drop(running);
    let (all, distinct) = (numbers(&a.node.data), given(&a.node.data));
    assert!(distinct.len() >= known.len());
    for id in known {
        assert!(all.iter().any(|(there, number)| there.to_string() == id && number.is_some()), "{id}");
    }
}
