//! Real edges: real processes, real QUIC, over links that are bad on purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod certificates;
mod clinic;
mod console;
mod cut_and_heal;
mod desk;
mod farewell;
mod footprint;
mod full_disk;
mod hostile;
mod kills;
mod ladder;
mod lan;
mod ledger;
mod operator;
mod privacy;
mod record_numbers;
mod renewal;
mod single_use;
