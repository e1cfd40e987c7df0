//! Writing to a document: a command on its record becomes one change.

use std::sync::Arc;

use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, Automerge, PatchLog, ROOT, ReadDoc as _};
use posto_domain::Record;
use serde_json::Value;

use super::{Document, NewChange, State, json};
use crate::base::Base;
use crate::error::{Corrupt, guarded};
use crate::limits::{CHANGE_BYTES_MAX, DOCUMENT_BYTES_MAX};
use crate::write::Writer;
use crate::{ChangeHash, Error, WriteContext};

impl Document {
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
        let seen = match at.filter(|at| !self.stands_at(at)) {
            Some(at) => self.value_at_heads(Some(&self.with_base(at)?))?,
            None => self.value()?,
        };
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
        if let State::Plain(plain) = &self.state
            && at.is_none_or(|at| self.stands_at(at))
            && let Some(change) = plain.edit(context, before, after)
        {
            let bytes = self.within_limits(&change)?;
            if let Some(next) = plain.with(std::slice::from_ref(&change)) {
                self.state = State::Plain(Arc::new(next));
                self.bytes = bytes;
                return Ok(Some(change));
            }
        }
        self.transact(at, context, |tx, base| Writer::new(tx, base).object(&ROOT, before, after))
    }

    /// Runs `work` in a transaction at `at` and commits it. On failure the document is what it was.
    pub(crate) fn transact(
        &mut self,
        at: Option<&[ChangeHash]>,
        context: &WriteContext,
        work: impl FnOnce(&mut Transaction<'_>, &Base) -> Result<(), Error>,
    ) -> Result<Option<NewChange>, Error> {
        let before = self.am()?;
        let heads = match at {
            Some(at) => Some(self.with_base(at)?).filter(|heads| *heads != before.get_heads()),
            None => None,
        };
        let base = Arc::clone(&self.base);
        let mut am = before.clone();
        let (am, change) = guarded(Corrupt::Inapplicable, || {
            am.set_actor(free_actor(before, context.actor, heads.as_deref()));
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
        self.bytes = self.within_limits(&change)?;
        self.state = State::Open(Box::new(am));
        Ok(Some(change))
    }

    /// The bytes of this document with one more change, if neither is too large.
    fn within_limits(&self, change: &NewChange) -> Result<u64, Error> {
        let bytes = change.bytes.len() as u64;
        let all = self.bytes + bytes;
        for (what, actual, max) in
            [("bytes of a change", bytes, CHANGE_BYTES_MAX), ("bytes of a document", all, DOCUMENT_BYTES_MAX)]
        {
            if actual > max {
                return Err(Error::OverLimit { what, actual, max });
            }
        }
        Ok(all)
    }
}

/// An actor under which a change at `heads` is the next of its sequence.
///
/// A stale edit does not follow this actor's newer changes, so it needs another actor.
/// Automerge would prepend bytes of its own and so break the node's prefix, by which the server
/// knows the writer; we count up in the random half instead.
fn free_actor(am: &Automerge, actor: [u8; 16], heads: Option<&[automerge::ChangeHash]>) -> ActorId {
    let Some(heads) = heads else { return ActorId::from(actor) };
    let unseen: Vec<Vec<u8>> =
        am.get_changes_meta(heads).iter().map(|change| change.actor.to_bytes().to_vec()).collect();
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
