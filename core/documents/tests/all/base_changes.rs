//! Base changes are a format: they are implied by every document ever written.

use posto_documents::base_changes;
use posto_domain::Kind;

/// Name, schema version and hash of every base change. A line that changes would make every
/// stored document of the kind unreadable; lines are only ever added.
const FIXTURE: &str = include_str!("../../fixtures/base_hashes.txt");

#[test]
fn the_hash_of_every_base_change_is_the_released_one() {
    let mut found = String::new();
    for kind in Kind::all() {
        for (index, change) in base_changes(kind).unwrap().iter().enumerate() {
            found.push_str(&format!("{} {} {}\n", kind.name(), index + 1, change.hash));
        }
    }
    assert_eq!(found, FIXTURE, "base changes differ from the released ones:\n{found}");
}

#[test]
fn a_kind_of_a_newer_version_has_none() {
    assert!(base_changes(Kind::Unknown(999)).is_err());
}

#[test]
fn every_known_kind_has_its_schema_versions() {
    for kind in Kind::all() {
        let spec = kind.spec().unwrap();
        assert_eq!(base_changes(kind).unwrap().len(), usize::from(spec.schema), "{}", spec.name);
    }
}
