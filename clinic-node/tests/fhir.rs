//! FHIR in and out against a real store, with the patients and examples of `shared/data`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "fhir/bad_input.rs"]
mod bad_input;
#[path = "fhir/edits.rs"]
mod edits;
#[path = "fhir/real_data.rs"]
mod real_data;
#[path = "fhir/support.rs"]
mod support;

/// A test file that is not listed above would never run.
#[test]
fn no_test_file_is_forgotten() {
    let listed = include_str!("fhir.rs");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fhir")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(listed.contains(&format!("fhir/{name}")), "{name} is not part of the test binary");
    }
}
