//! Changes the server refused: they and what rests on them wait for a person, and everything else
//! goes on.

use posto_domain::Kind;
use posto_domain::id::DocumentId;
use posto_sync::header::ChangeHeader;
use posto_sync::{ChangeHash, ChangeRefusal, RefusedChange};
use rusqlite::params;

use crate::change::{ChangeState, STATE, read_hash};
use crate::error::Result;
use crate::transaction::{ReadTx, WriteTx};

/// A change that the server refused and that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLocally {
    pub document: DocumentId,
    pub kind: Kind,
    pub hash: ChangeHash,
    /// [`ChangeRefusal::MissingDependency`] for one that only rests on a refused one.
    pub reason: ChangeRefusal,
    pub at_ms: u64,
}

/// A change as far as dependencies go.
struct Link {
    local_seq: i64,
    state: ChangeState,
    hash: [u8; 32],
    bytes: Vec<u8>,
}

impl ReadTx<'_> {
    /// Local changes the server refused, newest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn refused_changes(&self) -> Result<Vec<RefusedLocally>> {
        let mut statement = self.statement(
            "SELECT d.uid, d.kind, c.hash8, c.hash24, r.reason, r.at_ms FROM refusal r
             JOIN change c ON c.local_seq = r.local_seq JOIN document d ON d.id = c.document
             ORDER BY r.local_seq DESC",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(RefusedLocally {
                document: DocumentId::from_bytes(row.get(0)?),
                kind: Kind::from_code(row.get(1)?),
                hash: ChangeHash(read_hash(row, 2)?),
                reason: ChangeRefusal::from_code(row.get(4)?),
                at_ms: row.get::<_, i64>(5)? as u64,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Nearly always there is none, which this finds out at once.
    pub(crate) fn has_refusals(&self) -> Result<bool> {
        Ok(self.statement("SELECT 1 FROM refusal LIMIT 1")?.exists([])?)
    }

    fn links(&self, document: i64) -> Result<Vec<Link>> {
        let mut statement = self.statement(&format!(
            "SELECT c.local_seq, {STATE} AS now, c.hash8, c.hash24, c.bytes FROM change c
             WHERE c.document = ?1 AND now <> 1 ORDER BY c.local_seq"
        ))?;
        let rows = statement.query_map([document], |row| {
            Ok(Link {
                local_seq: row.get(0)?,
                state: ChangeState::from_code(row.get(1)?),
                hash: read_hash(row, 2)?,
                bytes: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    pub(super) fn refuse(&self, scope: i64, refused: &RefusedChange) -> Result<()> {
        let Some((local_seq, ChangeState::Pending)) = self.find_in_scope(scope, &refused.hash)? else {
            return Ok(());
        };
        self.put_aside(scope, local_seq, &refused.hash.0, refused.reason)?;
        let document = self
            .statement("SELECT document FROM change WHERE local_seq = ?1")?
            .query_row([local_seq], |row| row.get(0))?;
        self.refuse_dependents(scope, document)
    }

    /// Puts every pending change of a document aside that rests on a refused one: sent, it could
    /// only be refused too.
    pub(crate) fn refuse_dependents(&self, scope: i64, document: i64) -> Result<()> {
        let mut refused: Vec<[u8; 32]> = Vec::new();
        for link in self.links(document)? {
            let rests_on_refused = || {
                ChangeHeader::parse(&link.bytes)
                    .is_ok_and(|header| header.deps.iter().any(|dep| refused.contains(&dep.0)))
            };
            match link.state {
                ChangeState::Refused => refused.push(link.hash),
                ChangeState::Pending if rests_on_refused() => {
                    self.put_aside(scope, link.local_seq, &link.hash, ChangeRefusal::MissingDependency)?;
                    refused.push(link.hash);
                }
                ChangeState::Pending | ChangeState::Shared => {}
            }
        }
        Ok(())
    }

    fn put_aside(&self, scope: i64, local_seq: i64, hash: &[u8; 32], reason: ChangeRefusal) -> Result<()> {
        self.set_change_state(scope, local_seq, hash, ChangeState::Refused)?;
        self.uncount_change(scope, ChangeState::Pending, hash);
        self.statement("INSERT OR REPLACE INTO refusal (local_seq, reason, at_ms) VALUES (?1, ?2, ?3)")?
            .execute(params![local_seq, reason.code(), self.shared.now_ms() as i64])?;
        Ok(())
    }

    /// A person looked at a document's refused changes and wants them sent again.
    ///
    /// # Errors
    /// Of the database.
    pub fn retry_refused(&self, document: DocumentId) -> Result<()> {
        let Some(info) = self.document_info(document)? else { return Ok(()) };
        for link in self.links(info.row)?.into_iter().filter(|link| link.state == ChangeState::Refused) {
            self.set_change_state(info.scope_row, link.local_seq, &link.hash, ChangeState::Pending)?;
            self.count_change(info.scope_row, ChangeState::Pending, &link.hash);
        }
        Ok(())
    }
}
