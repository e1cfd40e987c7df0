//! The local node of a clinic: the record of everything on an encrypted file, an API for the desks, and sync
//! with the server when there is a connection.
//!
//! [`Node::start`] is the whole thing; [`App`] is what it does, one use case a method, for whoever embeds it.

pub mod app;
pub mod cli;
pub mod config;
mod control;
pub mod data_dir;
pub mod fhir;
pub mod http;
pub mod identity;
pub mod node;
mod operations;
pub mod ports;
pub mod replication;
pub mod telemetry;

pub use app::App;
pub use config::Config;
pub use data_dir::DataDir;
pub use node::Node;
pub use ports::Ports;

/// What this program calls itself towards the server.
pub const SOFTWARE: &str = concat!("clinic-node/", env!("CARGO_PKG_VERSION"));
