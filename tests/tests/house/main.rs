//! The rules of the house that no compiler checks: who may know whom, how long a file may grow, where SQL lives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod dependencies;
mod files;
mod layout;
