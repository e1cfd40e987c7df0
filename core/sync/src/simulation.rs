//! A seeded world on virtual time: nodes and a server with real engines, storages of the caller's
//! choice, and a network that behaves as badly as asked.
//!
//! Everything that happens is an entry in one queue ordered by time; all chance comes from one seed.
//! The same seed therefore gives the same history, step by step.

#![allow(clippy::expect_used, reason = "a broken simulation should stop where it breaks")]

mod dice;
mod registry;
mod world;

pub use dice::Dice;
pub use registry::LiveSessions;
pub use world::{Faults, NodeSlot, World};

use crate::header::wrap_body;
use crate::hub::{HubAnswer, HubRequest};
use crate::leb;
use crate::node::{NodeAnswer, NodeRequest};
use crate::session::StoreFailure;
use crate::types::{ChangeHash, ChangeRecord, DocId, KindCode};

/// A well-formed change whose operations nobody can read: enough for logs and engines.
#[must_use]
pub fn plain_change(
    doc: DocId,
    kind: KindCode,
    deps: &[ChangeHash],
    actor: &[u8],
    seq: u64,
    operations: &[u8],
) -> ChangeRecord {
    let mut deps = deps.to_vec();
    deps.sort_unstable();
    let mut body = Vec::new();
    leb::write_u64(&mut body, deps.len() as u64);
    deps.iter().for_each(|dep| body.extend_from_slice(&dep.0));
    leb::write_u64(&mut body, actor.len() as u64);
    body.extend_from_slice(actor);
    leb::write_u64(&mut body, seq);
    leb::write_u64(&mut body, seq);
    leb::write_i64(&mut body, 0);
    leb::write_u64(&mut body, 0);
    body.extend_from_slice(operations);
    let (hash, bytes) = wrap_body(&body);
    ChangeRecord { doc, kind, hash, bytes }
}

/// A node's database, as the engine sees it.
pub trait NodeStore {
    /// Carries out one request.
    ///
    /// # Errors
    /// The database's own; the world adds made-up ones.
    fn answer(&mut self, request: NodeRequest) -> Result<NodeAnswer, StoreFailure>;

    /// The process died and started again.
    fn crashed(&mut self) {}
}

/// The server's database, as the engines see it. Admission is the world's ([`LiveSessions`]); it asks
/// for it only when the registry allows.
pub trait HubStore {
    /// Carries out one request of the session of `node`.
    ///
    /// # Errors
    /// The database's own; the world adds made-up ones.
    fn answer(&mut self, node: usize, request: HubRequest) -> Result<HubAnswer, StoreFailure>;

    /// The process died and started again.
    fn crashed(&mut self) {}
}
