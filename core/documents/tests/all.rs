//! The crate's behaviour from outside, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "all/base_changes.rs"]
mod base_changes;
#[path = "all/conflicts.rs"]
mod conflicts;
#[path = "all/convergence.rs"]
mod convergence;
#[path = "all/edits.rs"]
mod edits;
#[path = "all/history.rs"]
mod history;
#[path = "all/hostile.rs"]
mod hostile;
#[path = "all/plain.rs"]
mod plain;
#[path = "all/released.rs"]
mod released;
#[path = "all/support.rs"]
mod support;
#[path = "all/unopened.rs"]
mod unopened;

/// A test file that is not listed above would never run.
#[test]
fn no_test_file_is_forgotten() {
    let listed = include_str!("all.rs");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/all")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".rs") {
            continue; // proptest keeps failing inputs beside the tests
        }
        assert!(listed.contains(&format!("all/{name}")), "{name} is not part of the test binary");
    }
}
