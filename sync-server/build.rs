//! Makes sure that the folder of the built screens exists, so that the server compiles before they are built.

fn main() {
    let screens = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../desktop-app/ui/dist/admin");
    if let Err(error) = std::fs::create_dir_all(&screens) {
        println!("cargo::warning=cannot create {}: {error}", screens.display());
    }
    println!("cargo::rerun-if-changed={}", screens.display());
    println!("cargo::rerun-if-changed=build.rs");
}
