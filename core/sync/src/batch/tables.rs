//! What both sides of a batch remember while they go through it, so that later changes can refer
//! to earlier ones by small numbers.

use std::collections::HashMap;
use std::hash::Hash;

use super::HeldChange;
use super::template::Templates;
use super::ulid::UlidModel;
use crate::leb::Malformed;
use crate::types::{ChangeHash, DocId, KindCode};

/// Values numbered in the order of their first appearance.
#[derive(Debug)]
pub(super) struct Interned<T> {
    numbers: HashMap<T, usize>,
    list: Vec<T>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), list: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    pub(super) fn number<Q>(&self, value: &Q) -> Option<usize>
    where
        T: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.numbers.get(value).copied()
    }

    pub(super) fn add(&mut self, value: T) -> usize {
        let number = self.list.len();
        self.numbers.insert(value.clone(), number);
        self.list.push(value);
        number
    }

    pub(super) fn get(&self, number: u64) -> Result<&T, Malformed> {
        usize::try_from(number).ok().and_then(|number| self.list.get(number)).ok_or(Malformed)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

/// A document that has appeared.
#[derive(Debug)]
pub(super) struct DocEntry {
    pub(super) id: DocId,
    pub(super) kind: KindCode,
    /// Its changes in this batch, in order.
    pub(super) changes: Vec<ChangeHash>,
    /// Last sequence number per actor number.
    pub(super) last_seq: Vec<(usize, u64)>,
}

impl DocEntry {
    /// The sequence number the actor's next change probably has.
    pub(super) fn expected_seq(&self, actor: usize) -> u64 {
        let last = self.last_seq.iter().find(|(known, _)| *known == actor);
        last.map_or(1, |(_, seq)| seq.wrapping_add(1))
    }

    pub(super) fn note_seq(&mut self, actor: usize, seq: u64) {
        match self.last_seq.iter_mut().find(|(known, _)| *known == actor) {
            Some(entry) => entry.1 = seq,
            None => self.last_seq.push((actor, seq)),
        }
    }
}

/// Everything remembered.
#[derive(Debug, Default)]
pub(super) struct Tables {
    doc_numbers: HashMap<DocId, usize>,
    pub(super) docs: Vec<DocEntry>,
    pub(super) actors: Interned<Vec<u8>>,
    pub(super) messages: Interned<String>,
    pub(super) templates: Templates,
    pub(super) ulids: UlidModel,
    pub(super) time_ms: i64,
}

impl Tables {
    pub(super) fn doc_number(&self, id: DocId) -> Option<usize> {
        self.doc_numbers.get(&id).copied()
    }

    pub(super) fn add_doc(&mut self, id: DocId, kind: KindCode) -> usize {
        let number = self.docs.len();
        self.docs.push(DocEntry { id, kind, changes: Vec::new(), last_seq: Vec::new() });
        self.doc_numbers.insert(id, number);
        number
    }

    /// The document named by a dependency; it may have been named before in another way.
    pub(super) fn doc_of(&mut self, held: &HeldChange) -> usize {
        self.doc_number(held.doc).unwrap_or_else(|| self.add_doc(held.doc, held.kind))
    }
}
