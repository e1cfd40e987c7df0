//! The store from outside: one binary, one file per promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod audit;
mod backup;
mod blobs;
mod erasure;
mod faults;
mod opening;
mod rebuild;
mod reopening;
mod replication;
mod search;
mod sessions;
mod support;
mod writing;
