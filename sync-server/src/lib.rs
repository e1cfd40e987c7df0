//! The central server: takes changes from nodes, hands them to the others, and shows administrators how it goes.

pub mod cli;
pub mod config;
pub mod data_folder;
pub mod http;

mod backup;
mod clock;
mod console;
mod desk;
mod directory;
mod doctor;
mod erasure;
mod health;
mod hub;
mod installation;
mod ledger;
mod password;
mod projector;
mod proof;
mod random;
mod replication;
mod revocation;
mod server;
mod setup;
mod storage;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod watch;

pub use clock::Clock;
pub use config::ServerConfig;
pub use data_folder::DataFolder;
pub use directory::DirectoryError;
pub use erasure::ErasureError;
pub use installation::InstallationError;
pub use ledger::LedgerError;
pub use password::PasswordError;
pub use random::NoEntropy;
pub use server::{Server, ServerError};
pub use setup::Setup;
pub use storage::DbError;
