//! Seeded worlds of nodes and a server on virtual time: real engines, the real node store, the real
//! server storage; only the network, the clocks and the crashes are made up.
//!
//! `POSTO_SIM_SEED=n` replays one seed, `POSTO_SIM_SEEDS=n` runs so many, `POSTO_SIM_FROM=m` begins
//! with another one than 0 (`make sim SEEDS=n FROM=m`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod border;
mod cast;
mod chaos;
mod clinic;
mod files;
mod judge;
mod node;
mod promises;
mod server;
