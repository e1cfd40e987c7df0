//! The dependency table of docs/ARCHITECTURE.md, held against `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

use posto_tests::house;

/// Which of our crates each of our crates may use. A crate that is not listed may not exist.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("posto-domain", &[]),
    ("posto-documents", &["posto-domain"]),
    ("posto-sync", &[]),
    ("posto-store", &["posto-domain", "posto-documents", "posto-sync"]),
    ("posto-net", &["posto-sync"]),
    ("posto-api", &["posto-domain"]),
    (
        "clinic-node",
        &["posto-domain", "posto-documents", "posto-sync", "posto-store", "posto-net", "posto-api"],
    ),
    ("sync-server", &["posto-domain", "posto-documents", "posto-sync", "posto-net", "posto-api"]),
];

/// Outside crates that only the named crate of ours may use, and the invariant that each line keeps.
const ONLY_IN: &[(&str, &[&str])] = &[
    // The CRDT: everything else speaks of documents. `sync` takes no document apart, it compares hashes in its tests.
    ("automerge", &["posto-documents", "posto-sync"]),
    // All node SQL is in the store, all server SQL in the server's storage.
    ("rusqlite", &["posto-store", "sync-server"]),
    // Sockets. What surrounds both APIs also speaks TLS off loopback; the node signs its audit trail with its certificate's key.
    ("quinn", &["posto-net"]),
    ("rustls", &["posto-net", "posto-api", "clinic-node"]),
];

#[test]
fn crates_know_only_whom_the_table_allows() {
    let table: BTreeMap<&str, BTreeSet<&str>> =
        MAY_KNOW.iter().map(|(name, known)| (*name, known.iter().copied().collect())).collect();
    let metadata = metadata();
    let ours: BTreeSet<String> = metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        if name == "posto-tests" {
            continue;
        }
        let Some(allowed) = table.get(name) else {
            wrong.push(format!("{name} is not in the table"));
            continue;
        };
        for dependency in &package.dependencies {
            let known = dependency.name.as_str();
            if ours.contains(known) && dependency.kind == DependencyKind::Normal && !allowed.contains(known) {
                wrong.push(format!("{name} must not depend on {known}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_room() {
    let mut wrong = Vec::new();
    for package in metadata().workspace_packages() {
        if package.name.as_str() == "posto-tests" {
            continue;
        }
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            if let Some((outside, rooms)) = ONLY_IN.iter().find(|(outside, _)| *outside == dependency.name)
                && !rooms.contains(&package.name.as_str())
            {
                wrong.push(format!("{} must not use {outside}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_inherits_the_lints_of_the_workspace() {
    for package in metadata().workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} does not inherit the workspace's lints",
            package.name
        );
    }
}

#[test]
fn who_only_speaks_the_api_gets_no_http_library() {
    let metadata = metadata();
    let api = metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name.as_str() == "posto-api")
        .unwrap();
    let for_serving: Vec<_> =
        api.dependencies.iter().filter(|d| ["axum", "tokio"].contains(&d.name.as_str())).collect();
    assert!(for_serving.iter().all(|dependency| dependency.optional) && !for_serving.is_empty());
    assert!(!api.features.contains_key("default"), "`serve` is asked for by name");
}

fn metadata() -> cargo_metadata::Metadata {
    MetadataCommand::new()
        .manifest_path(house::root().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".into()])
        .exec()
        .unwrap()
}
