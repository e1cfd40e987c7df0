//! How replicas agree: the sans-IO replication engine and its wire format.
//!
//! Two state machines, [`node::NodeSession`] on a clinic's node and [`hub::HubSession`] on the
//! server, live as long as one connection. Each is fed [`session::Input`]s and answers with
//! [`session::Effect`]s: frames to send, storage requests to run, events to show. They know no
//! clock, no socket, no database and no thread, so the same code runs in production and, by the
//! hundred thousand seeds, in simulation.
//!
//! Change bodies travel as encoded [`batch`]es that the engines pass on unopened; whoever runs
//! the storage requests decodes, verifies and appends them.

pub mod batch;
pub mod channel;
pub mod frame;
pub mod header;
pub mod hub;
mod leb;
pub mod limits;
mod link;
mod message;
pub mod no_room;
pub mod node;
pub mod session;
#[cfg(any(test, feature = "testing"))]
pub mod simulation;
#[cfg(test)]
mod testing;
pub mod types;

pub use channel::Channel;
pub use session::{Effect, Input, Session, StoreFailure};
pub use types::*;
