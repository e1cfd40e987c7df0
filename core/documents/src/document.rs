//! One record as an Automerge document: base changes, which are implied, and its own changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, Automerge, Change, ObjType, PatchLog, ROOT, ReadDoc};
use posto_domain::{Kind, Record};
use serde_json::Value;

use crate::authorship::{ChangeInfo, WriteContext};
use crate::base::{BASE_ACTOR, Base, base};
use crate::error::{Corrupt, Error, guarded};
use crate::first::first_change;
use crate::limits::{CHANGE_BYTES_MAX, DOCUMENT_BYTES_BUDGET, DOCUMENT_BYTES_MAX};
use crate::value::Tree;
use crate::write::Writer;
use crate::{ChangeHash, scan};

/// A record with its history. Cheap to clone (some 10 kB); holds no lock and no file.
#[derive(Debug, Clone)]
pub struct Document {
    kind: Kind,
    pub(crate) base: Arc<Base>,
    pub(crate) am: Automerge,
    bytes: u64,
}

/// A change of one's own, to be stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    pub hash: ChangeHash,
    /// The raw, uncompressed Automerge change chunk.
    pub bytes: Vec<u8>,
}

impl Document {
    /// A new document that says `record`, and its first change.
    ///
    /// # Errors
    /// [`Error::OverLimit`] when the record is larger than a document may be; [`Error::NotAnObject`]
    /// when it is not an object in JSON.
    pub fn create<R: Record>(context: &WriteContext, record: &R) -> Result<(Self, NewChange), Error> {
        Self::create_value(R::KIND, context, &json(record)?)
    }

    /// As [`Self::create`], for a record in its JSON form.
    pub fn create_value(
        kind: Kind,
        context: &WriteContext,
        record: &Value,
    ) -> Result<(Self, NewChange), Error> {
        let mut document = Self::empty(kind)?;
        let change = first(&document.base, context, record)?;
        let new = NewChange::of(&change);
        guarded(Corrupt::Inapplicable, || Ok(document.am.apply_changes([change])?))?;
        document.bytes = new.bytes.len() as u64;
        Ok((document, new))
    }

    /// Only the first change that [`Self::create`] would make, without the document: what imports
    /// need.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn first_change<R: Record>(context: &WriteContext, record: &R) -> Result<NewChange, Error> {
        Ok(NewChange::of(&first(&*base(R::KIND)?, context, &json(record)?)?))
    }

    /// The document that has only its base changes.
    pub(crate) fn empty(kind: Kind) -> Result<Self, Error> {
        Ok(Self::on(kind, base(kind)?))
    }

    pub(crate) fn on(kind: Kind, base: Arc<Base>) -> Self {
        let am = base.document.clone();
        Self { kind, base, am, bytes: 0 }
    }

    /// A document from its own changes, in any order.
    ///
    /// # Errors
    /// [`Error::NeedsNewer`] when a change rests on one that is neither here nor a base change;
    /// [`Error::Corrupt`] and [`Error::OverLimit`] for bytes that are no sane change.
    pub fn load<B: AsRef<[u8]>>(kind: Kind, changes: impl IntoIterator<Item = B>) -> Result<Self, Error> {
        let mut document = Self::empty(kind)?;
        document.take(changes)?;
        Ok(document)
    }

    /// A document from a snapshot and the changes made since, in any order and possibly
    /// overlapping.
    ///
    /// # Errors
    /// As [`Self::load`]; [`Corrupt::Snapshot`] for a snapshot that does not decode.
    pub fn load_snapshot<B: AsRef<[u8]>>(
        kind: Kind,
        snapshot: &[u8],
        tail: impl IntoIterator<Item = B>,
    ) -> Result<Self, Error> {
        let base = base(kind)?;
        let am = guarded(Corrupt::Snapshot, || {
            let mut am = Automerge::load(snapshot).map_err(|_| Corrupt::Snapshot)?;
            if !am.get_missing_deps(&[]).is_empty() {
                return Err(Corrupt::Snapshot.into());
            }
            if base.changes.iter().any(|change| !has(&am, change.hash.into())) {
                let newer: Result<Vec<_>, _> =
                    base.changes.iter().map(|change| Change::try_from(change.bytes.as_slice())).collect();
                am.apply_changes(newer.map_err(|_| Corrupt::Snapshot)?)?;
            }
            Ok(am)
        })?;
        let mut document = Self { kind, base, am, bytes: snapshot.len() as u64 };
        document.take(tail)?;
        Ok(document)
    }

    /// The kind this document is of.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The hashes that name this state, sorted. Base changes never count.
    pub fn heads(&self) -> Vec<ChangeHash> {
        let heads = self.am.get_heads().into_iter().map(ChangeHash::from);
        heads.filter(|head| !self.base.is_base(head)).collect()
    }

    /// What the document costs: bytes of its snapshot and changes as they were read or written.
    pub fn size_bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the document has outgrown [`DOCUMENT_BYTES_BUDGET`] and should be continued in
    /// another.
    pub fn is_over_budget(&self) -> bool {
        self.bytes > DOCUMENT_BYTES_BUDGET
    }

    /// Whether a change is already part of this document.
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        has(&self.am, (*hash).into())
    }

    /// Takes in a change of another replica. Says whether it was new. On failure the document is
    /// what it was.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn apply(&mut self, change: &[u8]) -> Result<bool, Error> {
        Ok(self.apply_all([change])? > 0)
    }

    /// Takes in changes in any order, all or none, and says how many were new.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn apply_all<B: AsRef<[u8]>>(
        &mut self,
        changes: impl IntoIterator<Item = B>,
    ) -> Result<usize, Error> {
        let mut next = self.clone();
        let taken = next.take(changes)?;
        *self = next;
        Ok(taken)
    }

    /// Like [`Self::apply_all`], but leaves `self` in an unknown state on failure.
    fn take<B: AsRef<[u8]>>(&mut self, changes: impl IntoIterator<Item = B>) -> Result<usize, Error> {
        let mut parsed: Vec<Change> = Vec::new();
        let mut hashes = BTreeSet::new();
        for bytes in changes {
            let bytes = bytes.as_ref();
            let change = parse(bytes)?;
            if has(&self.am, change.hash()) {
                continue;
            }
            if change.actor_id().to_bytes() == BASE_ACTOR {
                return Err(Corrupt::ReservedActor.into());
            }
            if hashes.insert(change.hash()) {
                self.bytes += bytes.len() as u64;
                parsed.push(change);
            }
        }
        if parsed.is_empty() {
            return Ok(0);
        }
        let deps: Vec<_> =
            parsed.iter().flat_map(Change::deps).filter(|dep| !hashes.contains(*dep)).copied().collect();
        // Sorted, without repetitions.
        let missing: Vec<ChangeHash> = self.am.get_missing_deps(&deps).into_iter().map(Into::into).collect();
        if !missing.is_empty() {
            return Err(Error::NeedsNewer { missing });
        }
        let count = parsed.len();
        guarded(Corrupt::Inapplicable, || Ok(self.am.apply_changes(parsed)?))?;
        Ok(count)
    }

    /// The content as JSON, with fields that this version does not know; keys in byte order.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when hostile changes made it unreadable.
    pub fn value(&self) -> Result<Value, Error> {
        self.value_at_heads(None)
    }

    /// The content as a typed record.
    ///
    /// # Errors
    /// As [`Self::value`]; [`Error::Shape`] when the content does not fit the type.
    pub fn record<R: Record>(&self) -> Result<R, Error> {
        serde_json::from_value(self.value()?).map_err(Error::Shape)
    }

    /// `heads` in Automerge's terms, which always include the base.
    pub(crate) fn value_at_heads(&self, heads: Option<&[automerge::ChangeHash]>) -> Result<Value, Error> {
        guarded(Corrupt::Unreadable, || {
            let tree = Tree::walk(ROOT, ObjType::Map, self.am.iter_at(ROOT, heads), |_, _, _, _| {})?;
            Ok(tree.into_json(&self.base))
        })
    }

    /// Edits the record as it was at `at` (now, when absent): `change` works on the typed record and
    /// what differs afterwards becomes one change, merged with whatever came later. `None` when
    /// nothing differs.
    ///
    /// # Errors
    /// What `change` refused; [`Error::UnknownHeads`]; as [`Self::record`].
    pub fn edit<R: Record, E: From<Error>>(
        &mut self,
        at: Option<&[ChangeHash]>,
        context: &WriteContext,
        change: impl FnOnce(&mut R) -> Result<(), E>,
    ) -> Result<Option<NewChange>, E> {
        let heads = at.map(|at| self.with_base(at)).transpose()?;
        let seen = self.value_at_heads(heads.as_deref())?;
        let mut record: R = serde_json::from_value(seen).map_err(Error::Shape)?;
        let before = json(&record)?;
        change(&mut record)?;
        let after = json(&record)?;
        Ok(self.edit_value(at, context, &before, &after)?)
    }

    /// Writes the difference between two JSON forms of the record, at `at` (now, when absent).
    /// What is in neither is left alone. `None` when nothing differs.
    ///
    /// # Errors
    /// [`Error::UnknownHeads`], [`Error::NotAnObject`], [`Error::OverLimit`].
    pub fn edit_value(
        &mut self,
        at: Option<&[ChangeHash]>,
        context: &WriteContext,
        before: &Value,
        after: &Value,
    ) -> Result<Option<NewChange>, Error> {
        if before == after {
            return Ok(None);
        }
        self.write(at, context, before, after)
    }

    fn write(
        &mut self,
        at: Option<&[ChangeHash]>,
        context: &WriteContext,
        before: &Value,
        after: &Value,
    ) -> Result<Option<NewChange>, Error> {
        let (Value::Object(before), Value::Object(after)) = (before, after) else {
            return Err(Error::NotAnObject);
        };
        self.transact(at, context, |tx, base| Writer::new(tx, base).object(&ROOT, before, after))
    }

    /// Runs `work` in a transaction at `at` and commits it. On failure the document is what it was.
    pub(crate) fn transact(
        &mut self,
        at: Option<&[ChangeHash]>,
        context: &WriteContext,
        work: impl FnOnce(&mut Transaction<'_>, &Base) -> Result<(), Error>,
    ) -> Result<Option<NewChange>, Error> {
        let heads = match at {
            Some(at) => Some(self.with_base(at)?).filter(|heads| *heads != self.am.get_heads()),
            None => None,
        };
        let base = Arc::clone(&self.base);
        let mut am = self.am.clone();
        let (am, change) = guarded(Corrupt::Inapplicable, || {
            am.set_actor(self.free_actor(context.actor, heads.as_deref()));
            let mut tx = match &heads {
                Some(heads) => {
                    am.transaction_at(PatchLog::inactive(), heads).map_err(|_| Corrupt::Inapplicable)?
                }
                None => am.transaction(),
            };
            if let Err(error) = work(&mut tx, &base) {
                tx.rollback();
                return Err(error);
            }
            let options = CommitOptions::default().with_message(context.message()).with_time(context.time_ms);
            let (hash, _) = tx.commit_with(options);
            let change = hash.and_then(|hash| am.get_change_by_hash(&hash));
            Ok((am, change))
        })?;
        let Some(change) = change else { return Ok(None) };
        let change = NewChange::of(&change);
        let bytes = change.bytes.len() as u64;
        for (what, actual, max) in [
            ("bytes of a change", bytes, CHANGE_BYTES_MAX),
            ("bytes of a document", self.bytes + bytes, DOCUMENT_BYTES_MAX),
        ] {
            if actual > max {
                return Err(Error::OverLimit { what, actual, max });
            }
        }
        self.am = am;
        self.bytes += bytes;
        Ok(Some(change))
    }

    /// An actor under which a change at `heads` is the next of its sequence.
    ///
    /// A stale edit does not follow this actor's newer changes, so it needs another actor.
    /// Automerge would prepend bytes of its own and so break the node's prefix, by which the server
    /// knows the writer; we count up in the random half instead.
    fn free_actor(&self, actor: [u8; 16], heads: Option<&[automerge::ChangeHash]>) -> ActorId {
        let Some(heads) = heads else { return ActorId::from(actor) };
        let unseen: Vec<Vec<u8>> =
            self.am.get_changes_meta(heads).iter().map(|change| change.actor.to_bytes().to_vec()).collect();
        let [prefix @ .., _, _, _, _, _, _, _, _] = actor;
        let [_, _, _, _, _, _, _, _, random @ ..] = actor;
        let first = u64::from_be_bytes(random);
        let mut candidate = actor;
        for level in 1..=u64::MAX {
            if unseen.iter().all(|used| used.as_slice() != candidate) {
                break;
            }
            candidate[..8].copy_from_slice(&prefix);
            candidate[8..].copy_from_slice(&first.wrapping_add(level).to_be_bytes());
        }
        ActorId::from(candidate)
    }

    /// `heads` with the base added, in Automerge's terms.
    pub(crate) fn with_base(&self, heads: &[ChangeHash]) -> Result<Vec<automerge::ChangeHash>, Error> {
        if heads.iter().any(|head| !self.contains(head)) {
            return Err(Error::UnknownHeads);
        }
        let mut all: Vec<automerge::ChangeHash> = heads.iter().map(|head| (*head).into()).collect();
        // A base change that a head rests on adds nothing and would only be carried along.
        let newest = self.base.heads();
        if all.is_empty() || self.am.get_heads().iter().any(|head| newest.contains(head)) {
            all.extend(newest);
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// The whole document in one piece, smaller and faster to load than its changes.
    pub fn snapshot(&self) -> Vec<u8> {
        self.am.save()
    }

    /// The document's own changes in an order in which each comes after those it rests on.
    pub fn changes(&self) -> Vec<NewChange> {
        let changes = self.am.get_changes(&[]);
        let own = changes.iter().filter(|change| !self.base.is_base(&change.hash().into()));
        own.map(NewChange::of).collect()
    }

    /// Who wrote a change and when; `None` for a change that is not part of this document.
    pub fn change_info(&self, hash: &ChangeHash) -> Option<ChangeInfo> {
        let meta = self.am.get_change_meta_by_hash(&(*hash).into())?;
        Some(ChangeInfo::of(&meta, |hash| self.base.is_base(hash)))
    }

    /// Every change with its author and times, each after those it rests on.
    pub fn change_infos(&self) -> Vec<ChangeInfo> {
        let metas = self.am.get_changes_meta(&[]);
        let infos = metas.iter().map(|meta| ChangeInfo::of(meta, |hash| self.base.is_base(hash)));
        infos.filter(|info| !self.base.is_base(&info.hash)).collect()
    }
}

impl NewChange {
    fn of(change: &Change) -> Self {
        Self { hash: change.hash().into(), bytes: change.raw_bytes().to_vec() }
    }
}

fn first(base: &Base, context: &WriteContext, record: &Value) -> Result<Change, Error> {
    let change =
        guarded(Corrupt::Inapplicable, || first_change(base, context, record))?.ok_or(Error::NotAnObject)?;
    let (actual, max) = (change.raw_bytes().len() as u64, CHANGE_BYTES_MAX);
    if actual > max {
        return Err(Error::OverLimit { what: "bytes of a change", actual, max });
    }
    Ok(change)
}

/// Whether a change is part of a document. Nothing ever waits in automerge's queue here, so that what
/// it misses is what it does not have.
fn has(am: &Automerge, hash: automerge::ChangeHash) -> bool {
    am.get_missing_deps(&[hash]).is_empty()
}

fn parse(bytes: &[u8]) -> Result<Change, Error> {
    scan::check(bytes)?;
    guarded(Corrupt::Undecodable, || Ok(Change::try_from(bytes).map_err(|_| Corrupt::Undecodable)?))
}

fn json<R: Record>(record: &R) -> Result<Value, Error> {
    serde_json::to_value(record).map_err(Error::Unserialisable)
}
