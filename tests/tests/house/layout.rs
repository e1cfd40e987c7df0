//! The folders and root files that the architecture names, and no others.

use posto_tests::house;

const FOLDERS: &[&str] = &["core", "clinic-node", "sync-server", "desktop-app", "tests", "docs"];
const ROOT_FILES: &[&str] = &[
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "Makefile",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "clippy.toml",
    "deny.toml",
    ".ci/run",
    "docs/ARCHITECTURE.md",
    "docs/GLOSSARY.md",
    "docs/API.md",
    "docs/OPERATIONS.md",
    "docs/PERFORMANCE.md",
];

#[test]
fn the_folders_are_those_of_the_architecture() {
    let tracked = house::tracked();
    let extra: std::collections::BTreeSet<_> = tracked
        .iter()
        .filter_map(|path| path.split_once('/').map(|(folder, _)| folder))
        .filter(|folder| !folder.starts_with('.') && !FOLDERS.contains(folder))
        .collect();
    assert!(extra.is_empty(), "top-level folders that the architecture does not name: {extra:?}");
    for folder in FOLDERS {
        assert!(house::root().join(folder).is_dir(), "{folder} is missing");
    }
}

#[test]
fn the_root_files_are_there() {
    for file in ROOT_FILES {
        assert!(house::root().join(file).is_file(), "{file} is missing");
    }
}

#[test]
fn the_makefile_has_the_verbs_that_the_readme_promises() {
    let makefile = std::fs::read_to_string(house::root().join("Makefile")).unwrap();
    for verb in ["setup", "demo", "test", "check", "bench", "sim"] {
        assert!(makefile.lines().any(|line| line.starts_with(&format!("{verb}:"))), "no make {verb}");
    }
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let mut numbers: Vec<u32> = std::fs::read_dir(house::root().join("docs/adr"))
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            entry.file_name().to_string_lossy().get(..4).and_then(|number| number.parse().ok())
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>());
}
