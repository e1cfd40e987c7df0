//! UDP endpoints: the server's, which admits peers within limits, and the node's, which connects to one server.

pub mod client;
pub mod link;
pub mod registry;
pub mod server;

pub(crate) mod admission;
pub(crate) mod exchange;
