//! What a scope holds, counted as it happens: count and fingerprint change in the transaction that
//! changes the log.

use posto_domain::Scope;
use posto_sync::{BootstrapPosition, ChangeHash, Epoch, Fingerprint, ScopeName, ScopeState, Seq};
use rusqlite::{OptionalExtension, Row, params};

use crate::change::ChangeState;
use crate::error::{Error, Result};
use crate::transaction::{ReadTx, WriteTx};

/// What one write adds to its scopes, collected so that ten thousand changes cost one update.
#[derive(Debug, Default)]
pub(crate) struct ScopeDeltas(Vec<(i64, Delta)>);

#[derive(Debug, Default, Clone)]
struct Delta {
    count: i64,
    fingerprint: Fingerprint,
    pending_count: i64,
    pending_fingerprint: Fingerprint,
}

impl ScopeDeltas {
    fn of(&mut self, scope: i64) -> &mut Delta {
        let at = match self.0.iter().position(|(row, _)| *row == scope) {
            Some(at) => at,
            None => {
                self.0.push((scope, Delta::default()));
                self.0.len() - 1
            }
        };
        &mut self.0[at].1
    }

    pub(crate) fn write(self, tx: &WriteTx<'_>) -> Result<()> {
        for (scope, delta) in self.0 {
            let (count, fingerprint, pending_count, pending_fingerprint) = tx
                .statement(
                    "SELECT count, fingerprint, pending_count, pending_fingerprint FROM scope WHERE id = ?1",
                )?
                .query_row([scope], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get(3)?))
                })?;
            let fingerprint = Fingerprint::from_bytes(fingerprint).plus(&delta.fingerprint);
            let pending = Fingerprint::from_bytes(pending_fingerprint).plus(&delta.pending_fingerprint);
            tx.statement(
                "UPDATE scope SET count = ?2, fingerprint = ?3, pending_count = ?4, pending_fingerprint = ?5
                 WHERE id = ?1",
            )?
            .execute(params![
                scope,
                count + delta.count,
                fingerprint.to_bytes(),
                pending_count + delta.pending_count,
                pending.to_bytes(),
            ])?;
        }
        Ok(())
    }
}

const COLUMNS: &str = "name, epoch, cursor, count, fingerprint, pending_count, pending_fingerprint,
     erasure_cursor, bootstrap_as_of, bootstrap_before";

impl ReadTx<'_> {
    /// Every replicated scope of this node, by name.
    ///
    /// # Errors
    /// Of the database.
    pub fn scope_states(&self) -> Result<Vec<ScopeState>> {
        let mut statement = self
            .statement(&format!("SELECT {COLUMNS} FROM scope WHERE name NOT LIKE 'local/%' ORDER BY name"))?;
        let mut rows = statement.query([])?;
        let mut states = Vec::new();
        while let Some(row) = rows.next()? {
            states.push(state(row)?);
        }
        Ok(states)
    }

    pub(crate) fn scope_state(&self, scope: i64) -> Result<ScopeState> {
        let mut statement = self.statement(&format!("SELECT {COLUMNS} FROM scope WHERE id = ?1"))?;
        let mut rows = statement.query([scope])?;
        let row = rows.next()?.ok_or(Error::Unreadable("scope"))?;
        state(row)
    }

    pub(crate) fn find_scope_row(&self, name: &str) -> Result<Option<i64>> {
        let mut statement = self.statement("SELECT id FROM scope WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }
}

impl WriteTx<'_> {
    /// Makes the node hold a scope, if it does not yet.
    ///
    /// # Errors
    /// Of the database.
    pub fn ensure_scope(&self, scope: Scope) -> Result<()> {
        self.scope_row(&scope.to_string()).map(|_| ())
    }

    pub(crate) fn scope_row(&self, name: &str) -> Result<i64> {
        if let Some(row) = self.find_scope_row(name)? {
            return Ok(row);
        }
        let empty = Fingerprint::EMPTY.to_bytes();
        let mut statement =
            self.statement("INSERT INTO scope (name, fingerprint, pending_fingerprint) VALUES (?1, ?2, ?2)")?;
        Ok(statement.insert(params![name, empty])?)
    }

    /// Counts a change that is in the log now.
    pub(crate) fn count_change(&self, scope: i64, state: ChangeState, hash: &[u8; 32]) {
        if state == ChangeState::Refused {
            return;
        }
        let mut deltas = self.deltas.borrow_mut();
        let delta = deltas.of(scope);
        delta.count += 1;
        delta.fingerprint.add(&ChangeHash(*hash));
        if state == ChangeState::Pending {
            delta.pending_count += 1;
            delta.pending_fingerprint.add(&ChangeHash(*hash));
        }
    }

    /// The reverse: a change that was in `state` leaves it.
    pub(crate) fn uncount_change(&self, scope: i64, state: ChangeState, hash: &[u8; 32]) {
        if state == ChangeState::Refused {
            return;
        }
        let mut deltas = self.deltas.borrow_mut();
        let delta = deltas.of(scope);
        delta.count -= 1;
        delta.fingerprint.sub(&ChangeHash(*hash));
        if state == ChangeState::Pending {
            delta.pending_count -= 1;
            delta.pending_fingerprint.sub(&ChangeHash(*hash));
        }
    }

    /// The scope with everything this write did so far.
    pub(crate) fn current_scope_state(&self, scope: i64) -> Result<ScopeState> {
        self.flush()?;
        self.scope_state(scope)
    }

    pub(crate) fn set_scope_position(
        &self,
        scope: i64,
        epoch: Epoch,
        cursor: Seq,
        bootstrap: Option<BootstrapPosition>,
    ) -> Result<()> {
        self.statement(
            "UPDATE scope SET epoch = ?2, cursor = ?3, bootstrap_as_of = ?4, bootstrap_before = ?5 WHERE id = ?1",
        )?
        .execute(params![
            scope,
            epoch.0,
            cursor.0 as i64,
            bootstrap.map(|position| position.as_of.0 as i64),
            bootstrap.map(|position| position.before.0 as i64),
        ])?;
        Ok(())
    }
}

fn state(row: &Row<'_>) -> Result<ScopeState> {
    let name: String = row.get(0)?;
    let number = |at: usize| row.get::<_, i64>(at).map(|number| number as u64);
    let bootstrap = match (row.get::<_, Option<i64>>(8)?, row.get::<_, Option<i64>>(9)?) {
        (Some(as_of), Some(before)) => {
            Some(BootstrapPosition { as_of: Seq(as_of as u64), before: Seq(before as u64) })
        }
        _ => None,
    };
    Ok(ScopeState {
        scope: ScopeName::new(&name).map_err(|_| Error::Unreadable("scope name"))?,
        epoch: row.get::<_, Option<[u8; 16]>>(1)?.map(Epoch),
        cursor: Seq(number(2)?),
        count: number(3)?,
        fingerprint: Fingerprint::from_bytes(row.get(4)?),
        pending_count: number(5)?,
        pending_fingerprint: Fingerprint::from_bytes(row.get(6)?),
        erasure_cursor: number(7)?,
        bootstrap,
    })
}
