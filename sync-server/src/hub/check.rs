//! What can be said of a change by looking at it alone; done for a whole batch on all cores.

use posto_sync::header::ChangeHeader;
use posto_sync::{ActorPrefix, ChangeHash, ChangeRecord, ChangeRefusal};
use rayon::prelude::*;

/// Batches below this are checked on the calling thread: handing them over would cost more.
const PARALLEL_MIN: usize = 16;

/// What later checks need of a change that is sound in itself.
#[derive(Debug, Clone)]
pub(super) struct Sound {
    pub actor: Vec<u8>,
    pub actor_seq: u64,
    pub deps: Vec<ChangeHash>,
}

/// Looks at each change, which one of `authors` must have written; the answers are in the order of the changes.
pub(super) fn check_all(
    changes: &[ChangeRecord],
    authors: &[ActorPrefix],
) -> Vec<Result<Sound, ChangeRefusal>> {
    if changes.len() < PARALLEL_MIN {
        return changes.iter().map(|change| check(change, authors)).collect();
    }
    changes.par_iter().with_min_len(PARALLEL_MIN).map(|change| check(change, authors)).collect()
}

fn check(change: &ChangeRecord, authors: &[ActorPrefix]) -> Result<Sound, ChangeRefusal> {
    // Decoding the batch has computed the hash.
    let header = ChangeHeader::read(change).map_err(|_| ChangeRefusal::Malformed)?;
    if !authors.iter().any(|author| header.actor.starts_with(&author.0)) {
        return Err(ChangeRefusal::ForeignActor);
    }
    match posto_documents::check_change(&change.bytes) {
        Ok(()) => {}
        Err(posto_documents::Error::OverLimit { .. }) => return Err(ChangeRefusal::TooLarge),
        Err(_) => return Err(ChangeRefusal::Malformed),
    }
    Ok(Sound { actor: header.actor.to_vec(), actor_seq: header.seq, deps: header.deps })
}
