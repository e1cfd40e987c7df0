//! The central server: takes changes from nodes, hands them to the others, and shows administrators how it goes.

pub mod cli;
pub mod config;
pub mod data_folder;

mod backup;
mod clock;
mod console;
mod desk;
mod directory;
mod doctor;
mod erasure;
mod health;
mod http;
mod hub;
mod installation;
mod password;
mod projector;
mod random;
mod replication;
mod server;
mod storage;
mod telemetry;
mod time;
mod watch;

pub use clock::Clock;
pub use server::{Server, ServerError};
