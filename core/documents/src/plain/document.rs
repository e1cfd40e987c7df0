//! A document that was read straight out of its changes and is opened only when somebody asks for more.

use std::sync::OnceLock;

use automerge::Automerge;
use posto_domain::Kind;
use serde_json::Value;

use super::Folded;
use crate::base::Base;
use crate::chunk::Chunk;
use crate::{ChangeHash, ChangeInfo, Document, Error, NewChange};

/// A plain history with its content.
#[derive(Debug)]
pub(crate) struct PlainDocument {
    kind: Kind,
    /// Each after those it rests on.
    changes: Vec<NewChange>,
    pub(crate) value: Value,
    /// Sorted.
    pub(crate) heads: Vec<ChangeHash>,
    opened: OnceLock<Automerge>,
}

impl PlainDocument {
    /// The document of these changes, whose hashes are those of their bytes; `None` when their history is not plain.
    pub(crate) fn read(kind: Kind, changes: Vec<NewChange>) -> Option<Self> {
        let Folded { base, history, order, content } = Folded::read(kind, pairs(&changes))?;
        let mut heads: Vec<_> = history.heads().filter_map(|at| Some(changes.get(at)?.hash)).collect();
        heads.sort_unstable();
        let value = content.into_json(base);
        let mut changes: Vec<_> = changes.into_iter().map(Some).collect();
        let changes = order.iter().filter_map(|at| changes.get_mut(*at)?.take()).collect();
        Some(Self { kind, changes, value, heads, opened: OnceLock::new() })
    }

    /// The same with more changes, if it is plain then.
    pub(crate) fn with(&self, more: &[NewChange]) -> Option<Self> {
        Self::read(self.kind, [self.changes.as_slice(), more].concat())
    }

    pub(crate) fn changes(&self) -> &[NewChange] {
        &self.changes
    }

    pub(super) fn folded(&self) -> Option<Folded<'_>> {
        Folded::read(self.kind, pairs(&self.changes))
    }

    pub(crate) fn contains(&self, hash: &ChangeHash) -> bool {
        self.changes.iter().any(|change| change.hash == *hash)
    }

    pub(crate) fn infos<'a>(&'a self, base: &'a Base) -> impl Iterator<Item = ChangeInfo> + 'a {
        self.changes.iter().filter_map(|change| info(change, base))
    }

    pub(crate) fn info(&self, hash: &ChangeHash, base: &Base) -> Option<ChangeInfo> {
        info(self.changes.iter().find(|change| change.hash == *hash)?, base)
    }

    /// The same document as Automerge has it, opened the first time.
    pub(crate) fn open(&self) -> Result<&Automerge, Error> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let opened = Document::load(self.kind, self.changes.iter().map(|change| &change.bytes))?.into_am()?;
        Ok(self.opened.get_or_init(|| opened))
    }
}

fn pairs(changes: &[NewChange]) -> impl Iterator<Item = (&ChangeHash, &[u8])> {
    changes.iter().map(|change| (&change.hash, change.bytes.as_slice()))
}

fn info(change: &NewChange, base: &Base) -> Option<ChangeInfo> {
    Some(ChangeInfo::of_chunk(change.hash, &Chunk::open(&change.bytes)?, |hash| base.is_base(hash)))
}
