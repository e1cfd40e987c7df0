//! Whether changes fit what their documents already hold: kind, dependencies, numbering, size.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use posto_domain::{Kind, Scope};
use posto_sync::batch::{BaseHashes as _, DependencyResolver, HeldChange};
use posto_sync::{ChangeHash, ChangeRecord, ChangeRefusal, DocId, KindCode};

use super::bases::Bases;
use super::check::Sound;
use crate::storage::table::scope::ScopeId;
use crate::storage::table::{change, document, erasure};
use crate::storage::{DbError, Tx};

/// No document grows beyond this, in bytes of its changes. Nodes stop at a quarter of it; what several of
/// them wrote at the same time is still taken.
pub(super) const DOCUMENT_BYTES_MAX: u64 = 4 << 20;

/// What the log holds of one document.
#[derive(Debug, Default)]
struct Held {
    kind: Option<KindCode>,
    hashes: HashSet<ChangeHash>,
    /// Highest number of each actor.
    actors: HashMap<Vec<u8>, u64>,
    bytes: u64,
    erased: bool,
}

/// The documents that a batch touches, read on demand within one snapshot.
pub(super) struct Documents<'t, 'c> {
    tx: &'t Tx<'c>,
    scope: ScopeId,
    erasures: bool,
    held: HashMap<DocId, Held>,
    failure: Option<DbError>,
}

impl<'t, 'c> Documents<'t, 'c> {
    pub(super) fn new(tx: &'t Tx<'c>, scope: ScopeId, erasures: bool) -> Self {
        Self { tx, scope, erasures, held: HashMap::new(), failure: None }
    }

    /// Reads what is still missing for these changes and lets go of the snapshot.
    pub(super) fn into_held(mut self, changes: &[ChangeRecord]) -> Result<HeldDocuments, DbError> {
        for change in changes {
            if let Entry::Vacant(entry) = self.held.entry(change.doc) {
                entry.insert(read(self.tx, self.scope, change.doc, self.erasures)?);
            }
        }
        match self.failure {
            Some(error) => Err(error),
            None => Ok(HeldDocuments(self.held)),
        }
    }
}

impl DependencyResolver for Documents<'_, '_> {
    fn resolve(&mut self, prefix: &[u8]) -> Option<HeldChange> {
        match change::by_prefix(self.tx, self.scope, prefix) {
            Ok(found) => found,
            Err(error) => {
                self.failure = Some(error);
                None
            }
        }
    }
}

fn read(tx: &Tx<'_>, scope: ScopeId, doc: DocId, erasures: bool) -> Result<Held, DbError> {
    let erased = erasures && erasure::is_erased(tx, scope, doc)?;
    let Some(row) = document::get(tx, scope, doc)? else { return Ok(Held { erased, ..Held::default() }) };
    let mut held = Held { kind: Some(row.kind), bytes: row.change_bytes, erased, ..Held::default() };
    for known in change::known_of_document(tx, row.id)? {
        held.hashes.insert(known.hash);
        let highest = held.actors.entry(known.actor).or_insert(0);
        *highest = (*highest).max(known.actor_seq);
    }
    Ok(held)
}

/// What the log holds of the documents of a batch, detached from the database.
pub(super) struct HeldDocuments(HashMap<DocId, Held>);

/// What becomes of one change.
pub(super) enum Judgement {
    /// New and good.
    Accept(Sound),
    /// Held already.
    Known,
    Refuse(ChangeRefusal),
}

impl HeldDocuments {
    /// Judges the next change of the batch; an accepted one counts as held for those after it.
    pub(super) fn judge(
        &mut self,
        scope: Scope,
        change: &ChangeRecord,
        checked: Result<Sound, ChangeRefusal>,
        bases: &Bases,
    ) -> Judgement {
        let held = self.0.entry(change.doc).or_default();
        if held.hashes.contains(&change.hash) {
            return Judgement::Known;
        }
        let sound = match checked.and_then(|sound| held.fits(scope, change, &sound, bases).map(|()| sound)) {
            Ok(sound) => sound,
            Err(reason) => return Judgement::Refuse(reason),
        };
        held.kind = Some(change.kind);
        held.hashes.insert(change.hash);
        held.bytes += change.bytes.len() as u64;
        held.actors.insert(sound.actor.clone(), sound.actor_seq);
        Judgement::Accept(sound)
    }
}

impl Held {
    fn fits(
        &self,
        scope: Scope,
        change: &ChangeRecord,
        sound: &Sound,
        bases: &Bases,
    ) -> Result<(), ChangeRefusal> {
        if self.erased {
            return Err(ChangeRefusal::Erased);
        }
        let writable = Kind::from_code(change.kind.0).node_may_write(scope);
        if !writable || self.kind.is_some_and(|kind| kind != change.kind) {
            return Err(ChangeRefusal::KindForbidden);
        }
        if self.bytes + change.bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            return Err(ChangeRefusal::TooLarge);
        }
        // Every document of a known kind begins with its base; a change beside it would make rival containers.
        if sound.deps.is_empty() && bases.knows(change.kind) {
            return Err(ChangeRefusal::Malformed);
        }
        let present = |dep: &ChangeHash| self.hashes.contains(dep) || bases.is_base(change.kind, dep);
        if !sound.deps.iter().all(present) {
            return Err(ChangeRefusal::MissingDependency);
        }
        let next = self.actors.get(&sound.actor).map_or(1, |highest| highest + 1);
        match sound.actor_seq.cmp(&next) {
            std::cmp::Ordering::Less => Err(ChangeRefusal::DuplicateSequence),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(ChangeRefusal::MissingDependency),
        }
    }
}
