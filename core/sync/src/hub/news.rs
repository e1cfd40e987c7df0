//! What the clinic's other sessions must hear of once a request of one of them has been carried out.

use super::{HubAnswer, HubNudge, HubRequest, PushOutcome};
use crate::node::ChunkOutcome;
use crate::session::StoreFailure;
use crate::types::BlobProgress;

/// What a request may become news of. The owner of the sessions asks where the storage has answered, not where the engine
/// says so: the session that brought something may be over by then, and it is stored all the same.
#[derive(Debug, Clone)]
pub struct News(Option<HubNudge>);

impl HubRequest {
    /// What this request may become news of.
    #[must_use]
    pub fn news(&self) -> News {
        News(match self {
            Self::AppendPush { scope, .. } => Some(HubNudge::Changed(scope.clone())),
            Self::WriteBlobChunk { blob, .. } => Some(HubNudge::BlobStored(*blob)),
            _ => None,
        })
    }
}

impl News {
    /// The nudge for the others, if there is something new.
    #[must_use]
    pub fn of(self, answer: &Result<HubAnswer, StoreFailure>) -> Option<HubNudge> {
        let is_new = match answer {
            Ok(HubAnswer::AppendPush(PushOutcome::Stored { new, .. })) => *new > 0,
            Ok(HubAnswer::WriteBlobChunk(ChunkOutcome::Stored(progress))) => {
                progress.chunks_held == BlobProgress::chunk_count(progress.size)
            }
            _ => false,
        };
        self.0.filter(|_| is_new)
    }
}
