//! Embeds the data files: a jurisdiction or a policy is added by adding a file, nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut code = String::new();
    for (name, folder, extension) in
        [("JURISDICTIONS", "jurisdictions", "toml"), ("POLICIES", "policies", "cedar")]
    {
        println!("cargo::rerun-if-changed={folder}");
        embed(&mut code, name, &root, folder, extension)?;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("embedded.rs"), code)
}

/// A static list of (file name, content), in the order of the names.
fn embed(code: &mut String, name: &str, root: &Path, relative: &str, extension: &str) -> io::Result<()> {
    let mut files: Vec<PathBuf> = fs::read_dir(root.join(relative))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    let _ = writeln!(code, "pub(crate) static {name}: &[(&str, &str)] = &[");
    for path in files {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Relative to the crate, so that two checkouts may share one target folder.
        let inside = format!("/{relative}/{file}");
        let _ = writeln!(
            code,
            "    ({file:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {inside:?}))),"
        );
    }
    let _ = writeln!(code, "];");
    Ok(())
}
