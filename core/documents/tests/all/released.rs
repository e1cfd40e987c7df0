//! Stored documents are a format: one of each kind as the first release wrote it, its changes and its snapshot, must load
//! and say the same for ever.
//!
//! `fixtures/documents-v<n>.txt`: for each kind what it says, in JSON, then its changes, then its snapshot. Lines are
//! never changed; a new kind gets new ones. `POSTO_BLESS=1` prints today's.

use std::collections::BTreeMap;

use posto_documents::Document;
use posto_domain::Kind;
use serde_json::{Value, json};

use crate::support::writer;

const FIXTURE: &str = include_str!("../../fixtures/documents-v1.txt");

/// A made-up record: leaves of all types, entries in every container of the kind, a text where it has texts.
fn record(kind: Kind) -> Value {
    let mut record = json!({ "id": "01J8ZQ4Y7M3N5P7R9T1V3X5Z7B", "label": "Árvore ✓", "count": 7, "ratio": 2.5, "open": true });
    for container in kind.spec().unwrap().containers {
        let entry = json!({ "text": "Prefere de manhã.", "number": "+5511987654321", "rank": 1 });
        record[*container] = match *container {
            "name" | "address" => json!({ "given": "Maria", "family": "Silva" }),
            _ => json!({ "06106106106106106106106106": entry, "0A1A1A1A1A1A1A1A1A1A1A1A1A": entry }),
        };
    }
    record
}

/// A document with a history: two authors after each other, then both at once.
fn document(kind: Kind) -> Document {
    let first = record(kind);
    let (mut document, _) = Document::create_value(kind, &writer(1, 1_000), &first).unwrap();
    let mut second = first.clone();
    second["label"] = json!("outra");
    second["added"] = json!([1, "dois", null]);
    document.edit_value(None, &writer(2, 2_000), &first, &second).unwrap();
    let seen = document.heads();
    for node in [1, 2] {
        let mut third = second.clone();
        third["count"] = json!(node);
        third[format!("by_{node}")] = json!(true);
        document.edit_value(Some(&seen), &writer(node, 3_000), &second, &third).unwrap();
    }
    document
}

fn bless() {
    for kind in Kind::all() {
        let document = document(kind);
        let name = kind.name();
        println!("LINE {name} says {}", document.value().unwrap());
        for change in document.changes() {
            println!("LINE {name} change {}", hex::encode(change.bytes));
        }
        println!("LINE {name} snapshot {}", hex::encode(document.snapshot().unwrap()));
    }
}

#[derive(Default)]
struct Stored {
    says: Value,
    changes: Vec<Vec<u8>>,
    snapshot: Vec<u8>,
}

#[test]
fn documents_of_the_first_release_load_and_say_the_same() {
    if std::env::var_os("POSTO_BLESS").is_some() {
        bless();
        return;
    }
    let mut released: BTreeMap<&str, Stored> = BTreeMap::new();
    for line in FIXTURE.lines() {
        let (name, rest) = line.split_once(' ').unwrap();
        let stored = released.entry(name).or_default();
        match rest.split_once(' ').unwrap() {
            ("says", text) => stored.says = serde_json::from_str(text).unwrap(),
            ("change", bytes) => stored.changes.push(hex::decode(bytes).unwrap()),
            ("snapshot", bytes) => stored.snapshot = hex::decode(bytes).unwrap(),
            other => panic!("{other:?}"),
        }
    }
    for kind in Kind::all() {
        let name = kind.name();
        let stored = released.remove(name).unwrap_or_else(|| panic!("no fixture of {name}"));
        assert_eq!(stored.changes.len(), 4, "{name}");
        let from_changes = Document::load(kind, &stored.changes).unwrap();
        assert_eq!(from_changes.value().unwrap(), stored.says, "{name}: changes");
        let from_snapshot = Document::load_snapshot(kind, &stored.snapshot, [[]; 0]).unwrap();
        assert_eq!(from_snapshot.value().unwrap(), stored.says, "{name}: snapshot");
        // The usual way of a node: an old snapshot and what came since.
        let tail = Document::load_snapshot(kind, &stored.snapshot, &stored.changes[2..]).unwrap();
        assert_eq!(tail.heads(), from_changes.heads(), "{name}");
        let read: Vec<_> = from_changes.changes().into_iter().map(|change| change.bytes).collect();
        assert_eq!(read.len(), 4, "{name}");
        assert!(
            read.iter().all(|bytes| stored.changes.contains(bytes)),
            "{name}: changes are what they were"
        );
    }
    assert!(released.is_empty(), "kinds that are no more: {:?}", released.keys());
}
