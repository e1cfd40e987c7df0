//! Who wrote a change and when: kept in the change's message and timestamp, so that it is part of
//! its hash.

use automerge::ChangeMetadata;
use posto_domain::UserId;

use crate::chunk::Chunk;
use crate::{ChangeHash, Hlc};

/// What a write needs to know about its writer; clocks and randomness come from the caller.
#[derive(Debug, Clone, Copy)]
pub struct WriteContext {
    /// 8 bytes of the node's id and 8 random bytes drawn at each start and each restore.
    pub actor: [u8; 16],
    pub author: UserId,
    /// Wall time of the writing machine, Unix milliseconds.
    pub time_ms: i64,
    pub hlc: Hlc,
}

/// Who wrote a change, when, and after which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeInfo {
    pub hash: ChangeHash,
    /// Absent when the change does not say in a form this version reads.
    pub author: Option<UserId>,
    /// Wall time of the writing machine, Unix milliseconds.
    pub time_ms: i64,
    pub hlc: Hlc,
    pub actor: Vec<u8>,
    pub seq: u64,
    /// Sorted; base changes, which every document has, are left out.
    pub deps: Vec<ChangeHash>,
}

impl WriteContext {
    /// `"<author ulid> <hlc ms - wall ms>.<hlc counter>"`: small numbers, since the message is the
    /// largest part of a small change.
    pub(crate) fn message(&self) -> String {
        let lead = self.hlc.ms.saturating_sub(self.time_ms);
        format!("{} {lead}.{}", self.author, self.hlc.counter)
    }
}

impl ChangeInfo {
    pub(crate) fn of(meta: &ChangeMetadata<'_>, is_base: impl Fn(&ChangeHash) -> bool) -> Self {
        let message = meta.message.as_deref().unwrap_or_default();
        let (author, hlc) = parse(message, meta.timestamp);
        let mut deps: Vec<_> =
            meta.deps.iter().map(|dep| ChangeHash(dep.0)).filter(|dep| !is_base(dep)).collect();
        deps.sort_unstable();
        Self {
            hash: ChangeHash(meta.hash.0),
            author,
            time_ms: meta.timestamp,
            hlc,
            actor: meta.actor.to_bytes().to_vec(),
            seq: meta.seq,
            deps,
        }
    }

    /// The same out of a change that no document was opened for.
    pub(crate) fn of_chunk(
        hash: ChangeHash,
        chunk: &Chunk<'_>,
        is_base: impl Fn(&ChangeHash) -> bool,
    ) -> Self {
        let (author, hlc) = parse(chunk.message, chunk.time_ms);
        let deps = chunk.dependencies().filter_map(|dep| dep.try_into().ok().map(ChangeHash));
        let mut deps: Vec<_> = deps.filter(|dep| !is_base(dep)).collect();
        deps.sort_unstable();
        let actor = chunk.actor.to_vec();
        Self { hash, author, time_ms: chunk.time_ms, hlc, actor, seq: chunk.sequence, deps }
    }
}

/// A message that does not parse yields no author and the wall time: a foreign or damaged message
/// must not make a record unreadable.
fn parse(message: &str, time_ms: i64) -> (Option<UserId>, Hlc) {
    let wall = Hlc { ms: time_ms, counter: 0 };
    let mut parts = message.splitn(2, ' ');
    let author = parts.next().and_then(|author| author.parse().ok());
    let hlc = parts.next().and_then(|rest| {
        let (lead, counter) = rest.split_once('.')?;
        Some(Hlc { ms: time_ms.saturating_add(lead.parse().ok()?), counter: counter.parse().ok()? })
    });
    (author, hlc.unwrap_or(wall))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_carries_author_and_clock() {
        let context = WriteContext {
            actor: [7; 16],
            author: UserId::from_bytes([9; 16]),
            time_ms: 1_700_000_000_000,
            hlc: Hlc { ms: 1_700_000_000_250, counter: 3 },
        };
        let message = context.message();
        assert!(message.ends_with(" 250.3"), "{message}");
        assert_eq!(parse(&message, context.time_ms), (Some(context.author), context.hlc));
    }

    #[test]
    fn a_foreign_message_is_no_obstacle() {
        let wall = Hlc { ms: 5, counter: 0 };
        for message in ["", "hello", "x 1.2.3", "x -", "\u{1F600} 9"] {
            assert_eq!(parse(message, 5), (None, wall), "{message}");
        }
    }
}
