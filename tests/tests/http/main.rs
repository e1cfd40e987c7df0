//! The node's HTTP API, each file named as its path. In-process node, fresh database, fixed clock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod desk;
mod documentation;
mod every_route;
mod operations;
