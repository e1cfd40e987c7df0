//! Carries out what the engine of a node's session asks of the server's storage.
//!
//! Every answer is given after the commit that it speaks of. Called on blocking threads, several at once.

mod admission;
mod append;
mod bases;
mod blobs;
mod bootstrap;
mod check;
mod erasures;
mod feed;
mod pages;
mod registry;
mod rights;
mod validate;

#[cfg(test)]
mod tests;

use posto_domain::NodeId;
use posto_sync::ScopeName;
use posto_sync::StoreFailure;
use posto_sync::hub::{HubAnswer, HubRequest};
use posto_sync::no_room::says_no_room;

pub(crate) use append::{Accepted, append};
pub(crate) use bases::Bases;
pub(crate) use blobs::BlobFolder;
pub(crate) use registry::{Registry, SessionId};

use crate::clock::Clock;
use crate::storage::{Db, DbError};

/// What all sessions share.
pub(crate) struct Hub {
    pub db: Db,
    pub blobs: BlobFolder,
    pub registry: Registry,
    pub clock: Clock,
    bases: Bases,
    pages: pages::Pages,
}

/// Why a request was not carried out. Nothing of it has happened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HubError {
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("an attachment could not be read or written")]
    Blob(#[source] std::io::Error),
    #[error("the scope is not one of this node's")]
    ForeignScope,
    #[error("the node is unknown or revoked")]
    UnknownNode,
    #[error("another session changed the scope meanwhile")]
    Overtaken,
    #[error("changes of the log could not be encoded")]
    Encode(#[from] posto_sync::batch::BatchError),
}

impl HubError {
    fn as_failure(&self) -> StoreFailure {
        match self {
            Self::Db(error) if error.is_disk_full() => StoreFailure::Full,
            Self::Db(error) if error.is_passing() => StoreFailure::Busy,
            Self::Blob(error) if says_no_room(error.kind()) => StoreFailure::Full,
            Self::Overtaken => StoreFailure::Busy,
            _ => StoreFailure::Broken,
        }
    }
}

impl Hub {
    pub(crate) fn new(db: Db, blobs: BlobFolder, clock: Clock) -> Self {
        Self {
            db,
            blobs,
            registry: Registry::default(),
            clock,
            bases: Bases::load(),
            pages: pages::Pages::default(),
        }
    }

    /// Carries out one request of a node's session.
    pub(crate) fn run(
        &self,
        node: NodeId,
        session: SessionId,
        request: HubRequest,
    ) -> Result<HubAnswer, StoreFailure> {
        let name = name_of(&request);
        let begun = std::time::Instant::now();
        let answer = self.answer(node, session, request);
        let elapsed = begun.elapsed();
        metrics::histogram!("posto_hub_request_seconds", "request" => name).record(elapsed.as_secs_f64());
        tracing::debug!(%node, request = name, elapsed_us = elapsed.as_micros() as u64, ok = answer.is_ok(), "hub");
        answer.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, %node, "a request of a session failed");
            error.as_failure()
        })
    }

    fn answer(&self, node: NodeId, session: SessionId, request: HubRequest) -> Result<HubAnswer, HubError> {
        match request {
            HubRequest::Admit { actor_prefix, instance, boot, connection, software, .. } => {
                let applicant =
                    admission::Applicant { node, actor_prefix, instance, boot, connection, software };
                self.admit(session, &applicant).map(HubAnswer::Admit)
            }
            HubRequest::ReadFeed { scope, after, max_bytes, exclude, verbatim } => {
                self.read_feed(node, &scope, &feed::Range { after, max_bytes, exclude, verbatim })
            }
            HubRequest::AppendPush { scope, batch, actor_prefix, instance, .. } => {
                let push = append::Push { node, scope, actor_prefix, instance };
                self.append_push(&push, &batch).map(HubAnswer::AppendPush)
            }
            HubRequest::BootstrapPage { scope, as_of, before, max_bytes, verbatim } => {
                self.bootstrap_page(node, &scope, &bootstrap::Page { as_of, before, max_bytes, verbatim })
            }
            HubRequest::ListHashes { scope } => self.list_hashes(node, &scope),
            HubRequest::ReadByHash { scope, hashes, max_bytes, verbatim } => {
                self.read_by_hash(node, &scope, hashes, max_bytes, verbatim)
            }
            HubRequest::ReadErasures { scope, after, max } => self.read_erasures(node, &scope, after, max),
            HubRequest::ConfirmErasures { scope, cursor, .. } => self.confirm_erasures(node, &scope, cursor),
            HubRequest::BlobStatus { blob, .. } => self.blob_status(node, blob),
            HubRequest::ReadBlobChunk { blob, index, .. } => self.read_blob_chunk(node, blob, index),
            HubRequest::WriteBlobChunk { blob, size, index, chunk_hash, bytes, .. } => {
                self.write_blob_chunk(node, &blobs::Chunk { blob, size, index, hash: chunk_hash, bytes })
            }
        }
    }
}

fn name_of(request: &HubRequest) -> &'static str {
    match request {
        HubRequest::Admit { .. } => "admit",
        HubRequest::ReadFeed { .. } => "read_feed",
        HubRequest::AppendPush { .. } => "append_push",
        HubRequest::BootstrapPage { .. } => "bootstrap_page",
        HubRequest::ListHashes { .. } => "list_hashes",
        HubRequest::ReadByHash { .. } => "read_by_hash",
        HubRequest::ReadErasures { .. } => "read_erasures",
        HubRequest::ConfirmErasures { .. } => "confirm_erasures",
        HubRequest::BlobStatus { .. } => "blob_status",
        HubRequest::ReadBlobChunk { .. } => "read_blob_chunk",
        HubRequest::WriteBlobChunk { .. } => "write_blob_chunk",
    }
}

/// The name the engine gives a scope is its text.
pub(crate) fn scope_name(scope: posto_domain::Scope) -> Result<ScopeName, HubError> {
    ScopeName::new(&scope.to_string()).map_err(|_| HubError::Db(DbError::Malformed { what: "scope name" }))
}
