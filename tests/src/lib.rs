//! What the suites of this package share: the house's files, real processes, workload W.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't set up its world should stop there"
)]

pub mod bench;
pub mod clock;
pub mod fuzz;
pub mod house;
pub mod processes;
pub mod sample;
pub mod workload;
