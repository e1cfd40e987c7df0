//! The base changes of every kind, by hash, for the engine that never opens a document.

use std::collections::HashMap;

use posto_domain::Kind;
use posto_sync::batch::BaseHashes;
use posto_sync::{ChangeHash, KindCode};

/// Base change hashes by kind, oldest schema first.
pub(crate) struct Bases(HashMap<KindCode, Vec<ChangeHash>>);

impl Bases {
    pub(crate) fn load() -> Self {
        let known = Kind::all().filter_map(|kind| {
            let changes = posto_documents::base_changes(kind).ok()?;
            Some((KindCode(kind.code()), changes.iter().map(|change| ChangeHash(change.hash.0)).collect()))
        });
        Self(known.collect())
    }

    /// Whether this version knows what documents of the kind begin with.
    pub(crate) fn knows(&self, kind: KindCode) -> bool {
        self.0.contains_key(&kind)
    }
}

impl BaseHashes for Bases {
    fn base(&self, kind: KindCode, index: u8) -> Option<ChangeHash> {
        self.0.get(&kind)?.get(usize::from(index)).copied()
    }

    fn index(&self, kind: KindCode, hash: &ChangeHash) -> Option<u8> {
        self.0.get(&kind)?.iter().position(|base| base == hash).and_then(|index| u8::try_from(index).ok())
    }
}
