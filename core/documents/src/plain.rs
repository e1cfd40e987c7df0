//! The content of a record read straight out of its changes, without opening the document.
//!
//! Opening a document costs some 500 µs, several times what everything else does that a synchronisation has to do
//! for it. Most histories are plain: every operation follows exactly the one whose value stood at its place, so
//! for each place there is one chain of operations, nothing competes, and the order of concurrent changes does not
//! matter. Those are folded here in place. Whatever is not plain, or unusual in any way, answers `None` and goes
//! the long way through [`crate::Document`], which also judges what is corrupt.

mod content;
mod document;
mod edit;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use posto_domain::Kind;
use posto_domain::kind::KINDS;
use serde_json::Value;

use crate::ChangeHash;
use crate::base::{BASE_ACTOR, Base, static_base};
use crate::chunk::Chunk;
use content::{Author, BASE, Content};

pub(crate) use document::PlainDocument;

/// Longer histories, and changes with more to rest on or to name, go the long way: what they would cost here is
/// not what this is for.
const CHANGES_MAX: usize = 1024;
const LINKS_MAX: usize = 4096;
const ACTORS_MAX: usize = 256;

/// What [`crate::Document::value`] would answer for the document that consists of these changes, in any order.
/// `None` when the changes compete anywhere, when one is missing, and for whatever else is not plain.
///
/// A hash must be that of the bytes; only their checksum is compared.
pub fn plain_value<'a>(
    kind: Kind,
    changes: impl IntoIterator<Item = (&'a ChangeHash, &'a [u8])>,
) -> Option<Value> {
    let Folded { base, content, .. } = Folded::read(kind, changes)?;
    Some(content.into_json(base))
}

/// A plain history and what came of it.
struct Folded<'a> {
    base: &'static Base,
    history: History<'a>,
    /// An order of the changes in which each comes after those it rests on.
    order: Vec<usize>,
    content: Content<'a>,
}

impl<'a> Folded<'a> {
    fn read(kind: Kind, changes: impl IntoIterator<Item = (&'a ChangeHash, &'a [u8])>) -> Option<Self> {
        let base = static_base(kind)?;
        let mut history = History::read(base, changes)?;
        let mut content = TEMPLATES.get(&kind.code())?.clone();
        let order = history.order()?;
        for at in &order {
            history.fold(*at, &mut content)?;
        }
        Some(Self { base, history, order, content })
    }
}

/// The content of a document that has only its base, by kind.
static TEMPLATES: LazyLock<BTreeMap<u16, Content<'static>>> = LazyLock::new(|| {
    let templates =
        KINDS.iter().filter_map(|spec| Some((spec.code, Content::of_base(static_base(spec.kind)?)?)));
    templates.collect()
});

/// The changes of a document with what is known of their order.
struct History<'a> {
    changes: Vec<Member<'a>>,
    /// Places of changes that others rest on, one list after the other.
    links: Vec<usize>,
    /// Who wrote what so far. The first one is the base's.
    actors: Vec<Actor<'a>>,
    /// For each change, as a row of bits, the changes it rests on, directly or not.
    ancestors: Vec<u64>,
    /// Words of a row.
    words: usize,
    /// Whether a change rests on the newest base change.
    has_newest_base: bool,
}

struct Member<'a> {
    /// Taken when it is folded.
    chunk: Option<Chunk<'a>>,
    links: std::ops::Range<usize>,
    /// Behind its last operation's counter.
    end: u64,
}

struct Actor<'a> {
    name: &'a [u8],
    /// Of its newest change so far; 0 before the first.
    sequence: u64,
    newest: usize,
}

impl<'a> History<'a> {
    fn read(base: &Base, changes: impl IntoIterator<Item = (&'a ChangeHash, &'a [u8])>) -> Option<Self> {
        let mut members = Vec::new();
        let mut hashes = Vec::new();
        for (hash, bytes) in changes {
            let is_its_hash = bytes.get(4..8)? == &hash.0[..4];
            (is_its_hash && members.len() < CHANGES_MAX).then_some(())?;
            hashes.push((hash, members.len()));
            members.push(Member { chunk: Some(Chunk::open(bytes)?), links: 0..0, end: 0 });
        }
        hashes.sort_unstable();
        let newest_base = base.changes.last().map(|change| change.hash);
        let mut has_newest_base = false;
        let mut links = Vec::new();
        for member in &mut members {
            let first = links.len();
            for hash in member.chunk.as_ref()?.dependencies() {
                let hash = ChangeHash(hash.try_into().ok()?);
                match hashes.binary_search_by(|(held, _)| (*held).cmp(&hash)) {
                    Ok(at) if links.len() < LINKS_MAX => links.push(hashes.get(at)?.1),
                    Ok(_) => return None,
                    Err(_) => {
                        base.is_base(&hash).then_some(())?;
                        has_newest_base |= newest_base == Some(hash);
                    }
                }
            }
            member.links = first..links.len();
        }
        let words = members.len().div_ceil(64);
        let ancestors = vec![0; members.len() * words];
        let actors = vec![Actor { name: &BASE_ACTOR, sequence: 1, newest: 0 }];
        Some(Self { changes: members, links, actors, ancestors, words, has_newest_base })
    }

    fn links(&self, at: usize) -> &[usize] {
        self.changes.get(at).and_then(|change| self.links.get(change.links.clone())).unwrap_or_default()
    }

    /// An order in which each change comes after those it rests on: nearly always the one they came in.
    fn order(&self) -> Option<Vec<usize>> {
        let mut order = Vec::with_capacity(self.changes.len());
        let mut placed = vec![false; self.changes.len()];
        while order.len() < self.changes.len() {
            let before = order.len();
            for at in 0..self.changes.len() {
                if !placed[at] && self.links(at).iter().all(|link| placed[*link]) {
                    placed[at] = true;
                    order.push(at);
                }
            }
            (order.len() > before).then_some(())?;
        }
        (!order.is_empty()).then_some(order)
    }

    /// The changes that none rests on.
    fn heads(&self) -> impl Iterator<Item = usize> {
        let linked: BTreeSet<usize> = self.links.iter().copied().collect();
        (0..self.changes.len()).filter(move |at| !linked.contains(at))
    }

    /// Applies one change, after all it rests on.
    fn fold(&mut self, at: usize, content: &mut Content<'a>) -> Option<()> {
        let chunk = self.changes.get_mut(at)?.chunk.take()?;
        self.inherit(at, chunk.start)?;
        let numbers = self.numbers(&chunk)?;
        self.count(at, &chunk, *numbers.first()?)?;
        let start = chunk.start;
        let seen = self.ancestors.get(at * self.words..(at + 1) * self.words)?;
        let author = Author { change: at, numbers: &numbers, seen };
        let mut counter = start;
        chunk.operations(|operation| {
            content.apply(&author, counter, operation)?;
            counter += 1;
            Some(())
        })?;
        self.changes.get_mut(at)?.end = counter;
        Some(())
    }

    /// What the changes it rests on rest on. Its own operations are counted from behind theirs.
    fn inherit(&mut self, at: usize, start: u64) -> Option<()> {
        for link in self.changes.get(at)?.links.clone() {
            let link = *self.links.get(link)?;
            (self.changes.get(link)?.end <= start).then_some(())?;
            for word in 0..self.words {
                let theirs = *self.ancestors.get(link * self.words + word)?;
                *self.ancestors.get_mut(at * self.words + word)? |= theirs;
            }
            *self.ancestors.get_mut(at * self.words + link / 64)? |= 1 << (link % 64);
        }
        Some(())
    }

    /// Our numbers of the actors of a change, its own first.
    fn numbers(&mut self, chunk: &Chunk<'a>) -> Option<Vec<usize>> {
        let mut numbers = vec![self.number(chunk.actor)?];
        let mut before: Option<&[u8]> = None;
        for other in chunk.others() {
            (other != chunk.actor && before.is_none_or(|before| before < other)).then_some(())?;
            before = Some(other);
            numbers.push(self.number(other)?);
        }
        Some(numbers)
    }

    fn number(&mut self, name: &'a [u8]) -> Option<usize> {
        if let Some(at) = self.actors.iter().position(|actor| actor.name == name) {
            return Some(at);
        }
        self.actors.push(Actor { name, sequence: 0, newest: 0 });
        (self.actors.len() <= ACTORS_MAX).then_some(self.actors.len() - 1)
    }

    /// Changes of an actor follow one another without gaps.
    fn count(&mut self, at: usize, chunk: &Chunk<'a>, number: usize) -> Option<()> {
        let row = self.ancestors.get(at * self.words..(at + 1) * self.words)?;
        let actor = self.actors.get_mut(number).filter(|_| number != BASE.actor)?;
        let follows = actor.sequence == 0 || row.get(actor.newest / 64)? >> (actor.newest % 64) & 1 == 1;
        (follows && chunk.sequence == actor.sequence + 1).then_some(())?;
        (actor.sequence, actor.newest) = (chunk.sequence, at);
        Some(())
    }
}
