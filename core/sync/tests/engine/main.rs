//! Both engines against each other in a seeded world, over storages that keep everything in memory.
//!
//! `POSTO_SIM_SEED=n` replays one seed, `POSTO_SIM_SEEDS=n` runs so many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod attachments;
mod chaos;
mod hub_model;
mod node_model;
mod protocol;
mod scenario;
