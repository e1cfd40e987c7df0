//! What every source file keeps to: its length, its first line, no unfinished marks, SQL in its rooms.

use posto_tests::house::{self, Source};

/// Longest a source file may be, in lines.
const LINES_MAX: usize = 500;
/// Longest a screen component may be, in lines.
const SVELTE_LINES_MAX: usize = 250;

#[test]
fn no_file_is_too_long() {
    let too_long: Vec<_> = house::sources(&["rs", "ts", "svelte"])
        .filter(|source| {
            source.lines() > if source.extension() == "svelte" { SVELTE_LINES_MAX } else { LINES_MAX }
        })
        .map(|source| format!("{}: {} lines", source.path, source.lines()))
        .collect();
    assert!(too_long.is_empty(), "{}", too_long.join("\n"));
}

#[test]
fn every_rust_file_says_what_it_is_for() {
    let silent: Vec<_> = house::sources(&["rs"])
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "no `//!` on the first line: {silent:#?}");
}

#[test]
fn modules_are_named_files() {
    let unnamed: Vec<_> =
        house::sources(&["rs"]).filter(|s| s.path.ends_with("/mod.rs")).map(|s| s.path).collect();
    assert!(unnamed.is_empty(), "use foo.rs beside foo/, not foo/mod.rs: {unnamed:#?}");
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here so that this file does not find itself.
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["unimple", "mented!("].concat(),
        ["to", "do!("].concat(),
    ];
    let unfinished: Vec<_> = house::sources(&["rs", "ts", "svelte"])
        .filter(|source| marks.iter().any(|mark| source.text.contains(mark)))
        .map(|source| source.path)
        .collect();
    assert!(unfinished.is_empty(), "unfinished marks in {unfinished:#?}");
}

#[test]
fn sql_stays_in_its_rooms() {
    let statements = ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE "];
    let rooms = ["core/store/", "sync-server/src/storage", "tests/"];
    let astray: Vec<_> = house::sources(&["rs"])
        .filter(|source| !rooms.iter().any(|room| source.path.starts_with(room)))
        .filter(|source| statements.iter().any(|statement| code_contains(source, statement)))
        .map(|source| source.path)
        .collect();
    assert!(astray.is_empty(), "SQL outside of {rooms:?}: {astray:#?}");
}

#[test]
fn no_test_file_is_forgotten() {
    for suite in std::fs::read_dir(house::root().join("tests/tests")).unwrap().flatten() {
        let main = suite.path().join("main.rs");
        let Ok(declared) = std::fs::read_to_string(&main) else { continue };
        for file in std::fs::read_dir(suite.path()).unwrap().flatten() {
            let path = file.path();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            if path.extension().is_some_and(|extension| extension == "rs") && stem != "main" {
                assert!(
                    declared.contains(&format!("mod {stem};")),
                    "{} is in no test binary",
                    path.display()
                );
            }
        }
    }
}

/// Whether a line that is not a comment has `text` in it.
fn code_contains(source: &Source, text: &str) -> bool {
    source.text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(text))
}
