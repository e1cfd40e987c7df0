//! The change log: what is stored of each change, and writing one.

use posto_domain::Kind;
use posto_domain::id::DocumentId;
use rusqlite::{OptionalExtension, Row, params};

use crate::error::Result;
use crate::transaction::{ReadTx, WriteTx};

/// Where a change stands between this node and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeState {
    /// Made here (or lost by the server), not acknowledged.
    Pending,
    /// Acknowledged by the server or received from it.
    Shared,
    /// Refused by the server; waits for a person.
    Refused,
}

impl ChangeState {
    /// What stands in the change's own row: whether it waits stands in `pending`.
    const fn kept_code(self) -> i64 {
        match self {
            Self::Pending | Self::Shared => 1,
            Self::Refused => 2,
        }
    }

    /// Of what [`STATE`] answers.
    pub(crate) const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Pending,
            2 => Self::Refused,
            _ => Self::Shared,
        }
    }
}

/// The state of a change `c`, as [`ChangeState::from_code`] reads it.
pub(crate) const STATE: &str = "CASE WHEN EXISTS (
        SELECT 1 FROM pending p WHERE p.scope = c.scope AND p.local_seq = c.local_seq
    ) THEN 0 ELSE c.state END";

/// A hash as it is stored.
pub(crate) fn split_hash(hash: &[u8; 32]) -> (i64, &[u8]) {
    let mut head = [0; 8];
    head.copy_from_slice(&hash[..8]);
    (i64::from_be_bytes(head), &hash[8..])
}

/// A hash out of two columns of a row, `at` and the next.
pub(crate) fn read_hash(row: &Row<'_>, at: usize) -> rusqlite::Result<[u8; 32]> {
    let (head, tail): (i64, [u8; 24]) = (row.get(at)?, row.get(at + 1)?);
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&head.to_be_bytes());
    hash[8..].copy_from_slice(&tail);
    Ok(hash)
}

/// A document's place in the database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DocumentRow {
    pub(crate) row: i64,
    pub(crate) last_change: i64,
}

impl ReadTx<'_> {
    pub(crate) fn document_row(&self, id: [u8; 16]) -> Result<Option<DocumentRow>> {
        let mut statement = self.statement("SELECT id, last_change FROM document WHERE uid = ?1")?;
        Ok(statement
            .query_row([id], |row| Ok(DocumentRow { row: row.get(0)?, last_change: row.get(1)? }))
            .optional()?)
    }

    /// A change of a document: its local sequence and state.
    pub(crate) fn find_change(&self, document: i64, hash: &[u8; 32]) -> Result<Option<(i64, ChangeState)>> {
        let (hash8, hash24) = split_hash(hash);
        let mut statement = self.statement(&format!(
            "SELECT c.local_seq, {STATE} FROM change c WHERE c.hash8 = ?2 AND c.hash24 = ?3 AND c.document = ?1"
        ))?;
        Ok(statement
            .query_row(params![document, hash8, hash24], |row| {
                Ok((row.get(0)?, ChangeState::from_code(row.get(1)?)))
            })
            .optional()?)
    }

    pub(crate) fn is_erased(&self, id: [u8; 16]) -> Result<bool> {
        let mut statement = self.statement("SELECT 1 FROM erased WHERE uid = ?1")?;
        Ok(statement.exists([id])?)
    }
}

impl WriteTx<'_> {
    /// Makes a document's row; its first change must follow in the same transaction.
    pub(crate) fn insert_document(&self, id: DocumentId, kind: Kind, scope: i64) -> Result<i64> {
        let mut statement =
            self.statement("INSERT INTO document (uid, kind, scope, last_change) VALUES (?1, ?2, ?3, 0)")?;
        Ok(statement.insert(params![id.to_bytes(), kind.code(), scope])?)
    }

    /// Appends to the log and answers the local sequence. Scope state is the caller's concern.
    pub(crate) fn insert_change(
        &self,
        document: i64,
        scope: i64,
        state: ChangeState,
        hash: &[u8; 32],
        bytes: &[u8],
    ) -> Result<i64> {
        let mut statement = self.statement(
            "INSERT INTO change (document, scope, state, hash8, hash24, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let (hash8, hash24) = split_hash(hash);
        let local_seq =
            statement.insert(params![document, scope, state.kept_code(), hash8, hash24, bytes])?;
        if state == ChangeState::Pending {
            self.statement("INSERT INTO pending (scope, local_seq, hash) VALUES (?1, ?2, ?3)")?
                .execute(params![scope, local_seq, hash])?;
        }
        Ok(local_seq)
    }

    /// Moves a change of the log from one state to another. Scope state is the caller's concern.
    pub(crate) fn set_change_state(
        &self,
        scope: i64,
        local_seq: i64,
        hash: &[u8; 32],
        state: ChangeState,
    ) -> Result<()> {
        self.statement("UPDATE change SET state = ?2 WHERE local_seq = ?1 AND state <> ?2")?
            .execute([local_seq, state.kept_code()])?;
        if state == ChangeState::Pending {
            self.statement("INSERT OR IGNORE INTO pending (scope, local_seq, hash) VALUES (?1, ?2, ?3)")?
                .execute(params![scope, local_seq, hash])?;
        } else {
            self.statement("DELETE FROM pending WHERE scope = ?1 AND local_seq = ?2")?
                .execute([scope, local_seq])?;
        }
        if state != ChangeState::Refused {
            self.statement("DELETE FROM refusal WHERE local_seq = ?1")?.execute([local_seq])?;
        }
        Ok(())
    }

    pub(crate) fn set_last_change(&self, document: i64, local_seq: i64) -> Result<()> {
        self.statement("UPDATE document SET last_change = ?2 WHERE id = ?1")?
            .execute([document, local_seq])?;
        Ok(())
    }
}
