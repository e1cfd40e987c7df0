//! The implied first changes of every kind, in the form the batch codec asks for them.

use posto_domain::Kind;
use posto_sync::batch::BaseHashes;
use posto_sync::{ChangeHash, KindCode};

/// Base changes as `posto_documents` builds them.
#[derive(Debug, Clone, Copy, Default)]
pub struct KindBases;

impl BaseHashes for KindBases {
    fn base(&self, kind: KindCode, index: u8) -> Option<ChangeHash> {
        let changes = posto_documents::base_changes(Kind::from_code(kind.0)).ok()?;
        changes.get(usize::from(index)).map(|change| ChangeHash(change.hash.0))
    }

    fn index(&self, kind: KindCode, hash: &ChangeHash) -> Option<u8> {
        let changes = posto_documents::base_changes(Kind::from_code(kind.0)).ok()?;
        let at = changes.iter().position(|change| change.hash.0 == hash.0)?;
        u8::try_from(at).ok()
    }
}
