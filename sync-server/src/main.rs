//! The `sync-server` program.

fn main() {}
