//! The checkout as its own rules see it: tracked files and their text.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A source file of the project.
#[derive(Debug)]
pub struct Source {
    /// Path from the project's root, with forward slashes.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Number of lines.
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// What stands behind the last dot of the name.
    pub fn extension(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }
}

/// The project's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_path_buf()
}

/// Where builds and runs leave their files.
pub fn target() -> PathBuf {
    root().join("target")
}

/// Real data and vendor vectors that lie beside the project; never part of it.
pub fn shared_data() -> PathBuf {
    std::env::var_os("POSTO_TEST_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from)
}

/// Files that git tracks or would track.
pub fn tracked() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    String::from_utf8(listed.stdout)
        .expect("paths are UTF-8")
        .lines()
        .filter(|path| root().join(path).is_file())
        .map(str::to_owned)
        .collect()
}

/// Tracked sources with one of the extensions; generated ones left out.
pub fn sources(extensions: &[&str]) -> impl Iterator<Item = Source> {
    tracked()
        .into_iter()
        .filter(|path| extensions.iter().any(|extension| path.ends_with(&format!(".{extension}"))))
        .filter(|path| !path.contains("generated") && !path.ends_with(".d.ts"))
        .map(|path| Source {
            text: std::fs::read_to_string(root().join(&path)).expect("a source is UTF-8"),
            path,
        })
        .collect::<Vec<_>>()
        .into_iter()
}
