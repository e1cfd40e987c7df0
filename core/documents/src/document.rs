//! One record as an Automerge document: base changes, which are implied, and its own changes.

mod edit;

use std::collections::BTreeSet;
use std::sync::Arc;

use automerge::{Automerge, Change, ObjType, ROOT, ReadDoc};
use posto_domain::{Kind, Record};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::authorship::{ChangeInfo, WriteContext};
use crate::base::{BASE_ACTOR, Base, base};
use crate::error::{Corrupt, Error, guarded};
use crate::first::first_change;
use crate::limits::{CHANGE_BYTES_MAX, DOCUMENT_BYTES_BUDGET};
use crate::plain::PlainDocument;
use crate::value::Tree;
use crate::{ChangeHash, scan};

/// A record with its history. Cheap to clone (some 10 kB at most); holds no lock and no file.
#[derive(Debug, Clone)]
pub struct Document {
    kind: Kind,
    pub(crate) base: Arc<Base>,
    state: State,
    bytes: u64,
}

#[derive(Debug, Clone)]
enum State {
    Open(Box<Automerge>),
    /// Not opened, as long as nobody asks for what only Automerge knows.
    Plain(Arc<PlainDocument>),
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
        let new = NewChange::of(&first(&*base(kind)?, context, record)?);
        let document = Self::read(kind, [(&new.hash, new.bytes.as_slice())])?;
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
        let state = State::Open(Box::new(base.document.clone()));
        Self { kind, base, state, bytes: 0 }
    }

    /// As [`Self::load`], from changes with their hashes, for somebody who may want no more than to read the record or
    /// to write a field: as long as nothing competes in the document, it is opened when that is asked for which only
    /// Automerge knows. A tenth of the cost.
    ///
    /// # Errors
    /// As [`Self::load`]; [`Corrupt::Undecodable`] when a hash is not that of the bytes.
    pub fn read<'a>(
        kind: Kind,
        changes: impl IntoIterator<Item = (&'a ChangeHash, &'a [u8])>,
    ) -> Result<Self, Error> {
        let changes: Vec<_> = changes.into_iter().collect();
        let named = changes.iter().map(|(hash, bytes)| {
            NewChange::named(bytes).filter(|change| change.hash == **hash).ok_or(Corrupt::Undecodable)
        });
        let named = named.collect::<Result<Vec<_>, _>>()?;
        match PlainDocument::read(kind, named) {
            Some(plain) => {
                let bytes = changes.iter().map(|(_, bytes)| bytes.len() as u64).sum();
                Ok(Self { kind, base: base(kind)?, state: State::Plain(Arc::new(plain)), bytes })
            }
            None => Self::load(kind, changes.iter().map(|(_, bytes)| bytes)),
        }
    }

    /// The document as Automerge has it.
    pub(crate) fn am(&self) -> Result<&Automerge, Error> {
        match &self.state {
            State::Open(am) => Ok(am.as_ref()),
            State::Plain(plain) => plain.open(),
        }
    }

    pub(crate) fn into_am(self) -> Result<Automerge, Error> {
        match self.state {
            State::Open(am) => Ok(*am),
            State::Plain(plain) => plain.open().cloned(),
        }
    }

    pub(crate) fn plain(&self) -> Option<&PlainDocument> {
        match &self.state {
            State::Open(_) => None,
            State::Plain(plain) => Some(plain),
        }
    }

    /// Whether these are the heads of a document that was not opened: then it need not be.
    pub(crate) fn stands_at(&self, heads: &[ChangeHash]) -> bool {
        let mut heads = heads.to_vec();
        heads.sort_unstable();
        self.plain().is_some_and(|plain| plain.heads == heads)
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
        let mut document =
            Self { kind, base, state: State::Open(Box::new(am)), bytes: snapshot.len() as u64 };
        document.take(tail)?;
        Ok(document)
    }

    /// The kind this document is of.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The hashes that name this state, sorted. Base changes never count.
    pub fn heads(&self) -> Vec<ChangeHash> {
        match &self.state {
            State::Plain(plain) => plain.heads.clone(),
            State::Open(am) => {
                let heads = am.get_heads().into_iter().map(ChangeHash::from);
                heads.filter(|head| !self.base.is_base(head)).collect()
            }
        }
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
        match &self.state {
            State::Plain(plain) => plain.contains(hash) || self.base.is_base(hash),
            State::Open(am) => has(am, (*hash).into()),
        }
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
        let changes: Vec<B> = changes.into_iter().collect();
        if let Some(taken) = self.take_plainly(&changes) {
            return Ok(taken);
        }
        let state = State::Open(Box::new(self.am()?.clone()));
        let mut next = Self { kind: self.kind, base: Arc::clone(&self.base), state, bytes: self.bytes };
        let taken = next.take(changes)?;
        *self = next;
        Ok(taken)
    }

    /// As [`Self::apply_all`], if the document is plain and stays so.
    fn take_plainly<B: AsRef<[u8]>>(&mut self, changes: &[B]) -> Option<usize> {
        let plain = self.plain()?;
        let mut new: Vec<NewChange> = Vec::new();
        for bytes in changes {
            let change = NewChange::named(bytes.as_ref())?;
            if !plain.contains(&change.hash) && new.iter().all(|other| other.hash != change.hash) {
                new.push(change);
            }
        }
        if !new.is_empty() {
            self.state = State::Plain(Arc::new(plain.with(&new)?));
            self.bytes += new.iter().map(|change| change.bytes.len() as u64).sum::<u64>();
        }
        Some(new.len())
    }

    /// Like [`Self::apply_all`], for an opened document; leaves `self` in an unknown state on failure.
    fn take<B: AsRef<[u8]>>(&mut self, changes: impl IntoIterator<Item = B>) -> Result<usize, Error> {
        let State::Open(am) = &mut self.state else { return Err(Corrupt::Inapplicable.into()) };
        let mut parsed: Vec<Change> = Vec::new();
        let mut hashes = BTreeSet::new();
        for bytes in changes {
            let bytes = bytes.as_ref();
            let change = parse(bytes)?;
            if has(am, change.hash()) {
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
        let missing: Vec<ChangeHash> = am.get_missing_deps(&deps).into_iter().map(Into::into).collect();
        if !missing.is_empty() {
            return Err(Error::NeedsNewer { missing });
        }
        let count = parsed.len();
        guarded(Corrupt::Inapplicable, || Ok(am.apply_changes(parsed)?))?;
        Ok(count)
    }

    /// The content as JSON, with fields that this version does not know; keys in byte order.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when hostile changes made it unreadable.
    pub fn value(&self) -> Result<Value, Error> {
        match self.plain() {
            Some(plain) => Ok(plain.value.clone()),
            None => self.value_at_heads(None),
        }
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
        let am = self.am()?;
        guarded(Corrupt::Unreadable, || {
            let tree = Tree::walk(ROOT, ObjType::Map, am.iter_at(ROOT, heads), |_, _, _, _| {})?;
            Ok(tree.into_json(&self.base))
        })
    }

    /// `heads` with the base added, in Automerge's terms.
    pub(crate) fn with_base(&self, heads: &[ChangeHash]) -> Result<Vec<automerge::ChangeHash>, Error> {
        if heads.iter().any(|head| !self.contains(head)) {
            return Err(Error::UnknownHeads);
        }
        let mut all: Vec<automerge::ChangeHash> = heads.iter().map(|head| (*head).into()).collect();
        // A base change that a head rests on adds nothing and would only be carried along.
        let newest = self.base.heads();
        if all.is_empty() || self.am()?.get_heads().iter().any(|head| newest.contains(head)) {
            all.extend(newest);
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// The whole document in one piece, smaller and faster to load than its changes.
    ///
    /// # Errors
    /// As [`Self::load`], of a document that was not opened yet.
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        Ok(self.am()?.save())
    }

    /// The document's own changes in an order in which each comes after those it rests on.
    pub fn changes(&self) -> Vec<NewChange> {
        match &self.state {
            State::Plain(plain) => plain.changes().to_vec(),
            State::Open(am) => {
                let changes = am.get_changes(&[]);
                let own = changes.iter().filter(|change| !self.base.is_base(&change.hash().into()));
                own.map(NewChange::of).collect()
            }
        }
    }

    /// Who wrote a change and when; `None` for a change that is not part of this document.
    pub fn change_info(&self, hash: &ChangeHash) -> Option<ChangeInfo> {
        match &self.state {
            State::Plain(plain) => plain.info(hash, &self.base),
            State::Open(am) => {
                let meta = am.get_change_meta_by_hash(&(*hash).into())?;
                Some(ChangeInfo::of(&meta, |hash| self.base.is_base(hash)))
            }
        }
    }

    /// Every change with its author and times, each after those it rests on.
    pub fn change_infos(&self) -> Vec<ChangeInfo> {
        match &self.state {
            State::Plain(plain) => plain.infos(&self.base).collect(),
            State::Open(am) => {
                let metas = am.get_changes_meta(&[]);
                let infos = metas.iter().map(|meta| ChangeInfo::of(meta, |hash| self.base.is_base(hash)));
                infos.filter(|info| !self.base.is_base(&info.hash)).collect()
            }
        }
    }
}

impl NewChange {
    pub(crate) fn of(change: &Change) -> Self {
        Self { hash: change.hash().into(), bytes: change.raw_bytes().to_vec() }
    }

    /// The change of these bytes, if its own checksum says that it is whole.
    fn named(bytes: &[u8]) -> Option<Self> {
        let hash = ChangeHash(Sha256::digest(bytes.get(8..)?).into());
        (bytes.get(4..8)? == &hash.0[..4]).then(|| Self { hash, bytes: bytes.to_vec() })
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
