//! Documents: which there are in a scope, and where their changes begin and end in its log.

use posto_sync::{DocId, KindCode, Seq};

use super::change;
use super::scope::ScopeId;
use crate::storage::tx::Statement;
use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

/// The document's number, which rows of the log carry instead of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DocumentRowId(pub i64);

/// Whether the projector could open a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentState {
    /// Opened, or not looked at yet.
    Good,
    /// It did not open; the reason is in `document_fault`.
    Quarantined,
}

impl DocumentState {
    const fn code(self) -> i64 {
        match self {
            Self::Good => 0,
            Self::Quarantined => 1,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocumentRow {
    pub id: DocumentRowId,
    pub doc: DocId,
    pub kind: KindCode,
    pub first_seq: Seq,
    pub last_seq: Seq,
    pub change_count: u64,
    pub change_bytes: u64,
}

const COLUMNS: &str = "id, document, kind, first_seq, last_seq, change_count, change_bytes";

fn read(row: &Row<'_>) -> Result<DocumentRow, DbError> {
    Ok(DocumentRow {
        id: DocumentRowId(row.int(0)?),
        doc: DocId(row.array(1)?),
        kind: KindCode(u16::try_from(row.int(2)?).map_err(|_| DbError::Malformed { what: "kind" })?),
        first_seq: Seq(row.u64(3)?),
        last_seq: Seq(row.u64(4)?),
        change_count: row.u64(5)?,
        change_bytes: row.u64(6)?,
    })
}

pub(crate) fn get(tx: &Tx<'_>, scope: ScopeId, doc: DocId) -> Result<Option<DocumentRow>, DbError> {
    tx.row_opt(
        &format!("SELECT {COLUMNS} FROM document WHERE scope = $1 AND document = $2"),
        params![scope.0, &doc.0],
        read,
    )
}

/// What one append adds to a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth {
    pub first_seq: Seq,
    pub last_seq: Seq,
    pub changes: u64,
    pub bytes: u64,
}

/// The document that grew.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grown {
    pub id: DocumentRowId,
    /// These were its first changes.
    pub is_new: bool,
}

/// Enters what a document gained, making it when it is new. The kind of a known document stands.
///
/// Three plain statements and not one that inserts or updates and returns: SQLite can take such a one back half-way, and
/// prepares for that each time.
pub(crate) struct Grower<'c> {
    scope: ScopeId,
    find: Statement<'c>,
    insert: Statement<'c>,
    update: Statement<'c>,
}

impl<'c> Grower<'c> {
    pub(crate) fn new(tx: &Tx<'c>, scope: ScopeId) -> Result<Self, DbError> {
        Ok(Self {
            scope,
            find: tx.prepare("SELECT id FROM document WHERE scope = $1 AND document = $2")?,
            insert: tx.prepare(
                "INSERT INTO document (scope, document, kind, first_seq, last_seq, change_count, change_bytes, state)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
            )?,
            update: tx.prepare(
                "UPDATE document SET last_seq = $2, change_count = change_count + $3, change_bytes = change_bytes + $4
                 WHERE id = $1",
            )?,
        })
    }

    pub(crate) fn grow(&mut self, doc: DocId, kind: KindCode, growth: &Growth) -> Result<Grown, DbError> {
        let &Growth { first_seq, last_seq, changes, bytes } = growth;
        if let Some(id) = self.find(doc)? {
            self.update.execute(params![id.0, last_seq.0, changes, bytes])?;
            return Ok(Grown { id, is_new: false });
        }
        self.insert.execute(params![
            self.scope.0,
            &doc.0,
            kind.0,
            first_seq.0,
            last_seq.0,
            changes,
            bytes
        ])?;
        let id = self.find(doc)?.ok_or(DbError::NoRow { what: "document" })?;
        Ok(Grown { id, is_new: true })
    }

    fn find(&mut self, doc: DocId) -> Result<Option<DocumentRowId>, DbError> {
        self.find.row_opt(params![self.scope.0, &doc.0], |row| row.int(0).map(DocumentRowId))
    }
}

pub(crate) fn set_state(tx: &Tx<'_>, id: DocumentRowId, state: DocumentState) -> Result<(), DbError> {
    tx.execute("UPDATE document SET state = $2 WHERE id = $1", params![id.0, state.code()])?;
    Ok(())
}

/// Documents whose newest change is in `(after, up_to]`, oldest first.
pub(crate) fn changed_between(
    tx: &Tx<'_>,
    scope: ScopeId,
    after: Seq,
    up_to: Seq,
    limit: usize,
) -> Result<Vec<DocumentRow>, DbError> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM document WHERE scope = $1 AND last_seq > $2 AND last_seq <= $3 ORDER BY last_seq LIMIT $4"),
        params![scope.0, after.0, up_to.0, limit as u64],
        read,
    )
}

pub(crate) fn of_kind(tx: &Tx<'_>, scope: ScopeId, kind: KindCode) -> Result<Vec<DocumentRow>, DbError> {
    tx.rows(
        &format!("SELECT {COLUMNS} FROM document WHERE scope = $1 AND kind = $2 ORDER BY id"),
        params![scope.0, kind.0],
        read,
    )
}

/// Documents of a scope and the changes they say they have.
pub(crate) fn totals(tx: &Tx<'_>, scope: ScopeId) -> Result<(u64, u64), DbError> {
    tx.row(
        "document totals",
        "SELECT COUNT(*), COALESCE(SUM(change_count), 0) FROM document WHERE scope = $1",
        params![scope.0],
        |row| Ok((row.u64(0)?, row.u64(1)?)),
    )
}

/// What a log holds of a document: its changes, and their bytes as they came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub changes: u64,
    pub bytes: u64,
}

/// Makes what documents say of their changes anew from the log.
pub(crate) fn recount(tx: &Tx<'_>, scope: ScopeId) -> Result<(), DbError> {
    let held = change::held(tx, scope)?;
    let said = tx.rows(
        "SELECT id, change_count, change_bytes FROM document WHERE scope = $1",
        params![scope.0],
        |row| Ok((DocumentRowId(row.int(0)?), Held { changes: row.u64(1)?, bytes: row.u64(2)? })),
    )?;
    let mut update = tx.prepare("UPDATE document SET change_count = $2, change_bytes = $3 WHERE id = $1")?;
    for (id, said) in said {
        let held = held.get(&id).copied().unwrap_or_default();
        if held != said {
            update.execute(params![id.0, held.changes, held.bytes])?;
        }
    }
    Ok(())
}

pub(crate) fn delete(tx: &Tx<'_>, id: DocumentRowId) -> Result<(), DbError> {
    tx.execute("DELETE FROM document_fault WHERE document = $1", params![id.0])?;
    tx.execute("DELETE FROM document WHERE id = $1", params![id.0])?;
    Ok(())
}
