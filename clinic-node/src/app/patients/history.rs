//! Who changed what in a patient's record.

use std::collections::HashMap;

use posto_api::Page;
use posto_api::history::{FieldChange, HistoryEntry};
use posto_documents::ChangeHash;
use posto_domain::policy::Action;
use posto_domain::{Kind, PatientId};

use super::super::audit::Access;
use super::super::page::PageRequest;
use super::super::time::signed_instant;
use super::super::{App, AppResult, Caller};

impl App {
    /// Every change of a record with its author, newest first.
    ///
    /// # Errors
    /// [`super::super::AppError::NotFound`], [`super::super::AppError::Forbidden`].
    pub fn patient_history(
        &self,
        caller: &Caller,
        id: PatientId,
        page: &PageRequest,
    ) -> AppResult<Page<HistoryEntry>> {
        let document = self.patient_document(id)?;
        self.authorize_patient(caller, Action::History, &document, id)?;
        let changes = document.history()?;
        let concurrent =
            concurrent(&changes.iter().map(|c| (c.info.hash, c.info.deps.as_slice())).collect::<Vec<_>>());
        let mut entries = Vec::with_capacity(changes.len());
        for (change, concurrent) in changes.into_iter().zip(concurrent) {
            let fields = change.fields.into_iter().map(|field| FieldChange {
                path: field.path.to_string(),
                before: field.before,
                after: field.after,
            });
            entries.push(HistoryEntry {
                change: change.info.hash.to_string(),
                at: signed_instant(change.info.time_ms),
                author: self.author(change.info.author)?,
                fields: fields.collect(),
                concurrent,
            });
        }
        entries.reverse();
        self.audit(Access::of(caller, "patient.history", Some((Kind::Patient, id.cast()))))?;
        Ok(page.cut(entries))
    }
}

/// For each change, in an order in which each comes after those it rests on: whether another one was made without
/// either seeing the other.
fn concurrent(changes: &[(ChangeHash, &[ChangeHash])]) -> Vec<bool> {
    let at: HashMap<ChangeHash, usize> =
        changes.iter().enumerate().map(|(at, change)| (change.0, at)).collect();
    // One bit for each earlier change that it rests on.
    let words = changes.len().div_ceil(64);
    let mut ancestors: Vec<Vec<u64>> = Vec::with_capacity(changes.len());
    let mut found = vec![false; changes.len()];
    for (index, (_, deps)) in changes.iter().enumerate() {
        let mut seen = vec![0_u64; words];
        for dep in deps.iter().filter_map(|dep| at.get(dep)) {
            if let Some(further) = ancestors.get(*dep) {
                seen.iter_mut().zip(further).for_each(|(seen, further)| *seen |= further);
            }
            seen[dep / 64] |= 1 << (dep % 64);
        }
        for earlier in (0..index).filter(|earlier| seen[earlier / 64] & (1 << (earlier % 64)) == 0) {
            found[earlier] = true;
            found[index] = true;
        }
        ancestors.push(seen);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_edits_of_one_state_are_concurrent_and_what_follows_both_is_not() {
        let hash = |byte: u8| ChangeHash([byte; 32]);
        let (a, b, c, d) = (hash(1), hash(2), hash(3), hash(4));
        let deps = [vec![], vec![a], vec![a], vec![b, c]];
        let changes: Vec<_> =
            [a, b, c, d].into_iter().zip(&deps).map(|(hash, deps)| (hash, deps.as_slice())).collect();
        assert_eq!(concurrent(&changes), [false, true, true, false]);
    }
}
