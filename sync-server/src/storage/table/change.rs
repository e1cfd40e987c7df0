//! The log: every change of every scope, in the order the server took them.

#[cfg(test)]
pub(crate) mod testing;

use std::collections::HashMap;

use posto_sync::batch::HeldChange;
use posto_sync::header::ChangeHeader;
use posto_sync::{ChangeHash, ChangeRecord, DocId, Instance, KindCode, Seq};

use super::actor::ActorRowId;
use super::document::{DocumentRowId, Held};
use super::scope::{ScopeId, seq_of};
use crate::storage::packed::{self, Packed, Unreadable};
use crate::storage::tx::Statement;
use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

/// Instance of changes that the server wrote itself: every node wants them.
pub(crate) const SERVER_INSTANCE: Instance = Instance(0);

/// Enters changes, one prepared statement for all.
pub(crate) struct Appender<'c> {
    scope: ScopeId,
    instance: Instance,
    insert: Statement<'c>,
}

impl<'c> Appender<'c> {
    pub(crate) fn new(tx: &Tx<'c>, scope: ScopeId, instance: Instance) -> Result<Self, DbError> {
        let insert = tx.prepare(
            "INSERT INTO change (position, scope, document, actor, actor_seq, instance, hash, bytes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )?;
        Ok(Self { scope, instance, insert })
    }

    /// Enters a change at `seq`; false when it, or its actor's number, was there already and nothing happened.
    pub(crate) fn append(
        &mut self,
        seq: Seq,
        document: DocumentRowId,
        actor: (ActorRowId, u64),
        hash: &ChangeHash,
        change: &Packed,
    ) -> Result<bool, DbError> {
        let position = self.scope.position(seq);
        let (actor, actor_seq) = actor;
        let changed = self.insert.execute(params![
            position,
            self.scope.0,
            document.0,
            actor.0,
            actor_seq,
            self.instance.0,
            &hash.0,
            change.as_slice()
        ])?;
        Ok(changed == 1)
    }
}

/// A change with where it stands.
#[derive(Debug, Clone)]
pub(crate) struct LoggedChange {
    pub seq: Seq,
    pub record: ChangeRecord,
}

const JOINED: &str =
    "c.position, d.document, d.kind, c.hash, c.bytes FROM change c JOIN document d ON d.id = c.document";

/// A row of [`JOINED`]; one that cannot be decompressed is an error.
fn read(row: &Row<'_>) -> Result<LoggedChange, DbError> {
    let bytes = packed::unpack(row.blob(4)?)?;
    logged(row, bytes)
}

/// As [`read`], but what cannot be decompressed is handed on as it is kept: it opens no more than any other damaged
/// change, and its document is set aside while the others go on.
fn read_any(row: &Row<'_>) -> Result<LoggedChange, DbError> {
    let bytes = packed::unpack(row.blob(4)?);
    if bytes.is_err() {
        tracing::error!(position = row.int(0)?, "a change cannot be decompressed");
    }
    logged(row, bytes.unwrap_or_else(|Unreadable(kept)| kept))
}

fn logged(row: &Row<'_>, bytes: Vec<u8>) -> Result<LoggedChange, DbError> {
    let record = ChangeRecord {
        doc: DocId(row.array(1)?),
        kind: KindCode(u16::try_from(row.int(2)?).map_err(|_| DbError::Malformed { what: "kind" })?),
        hash: ChangeHash(row.array(3)?),
        bytes,
    };
    Ok(LoggedChange { seq: seq_of(row.int(0)?), record })
}

/// Changes after a sequence that did not come from `exclude`, up to about `bytes_max` bytes (at least one).
/// The flag says whether the end of the log was reached.
pub(crate) fn after(
    tx: &Tx<'_>,
    scope: ScopeId,
    after: Seq,
    exclude: Instance,
    bytes_max: usize,
    count_max: usize,
) -> Result<(Vec<LoggedChange>, bool), DbError> {
    let mut found: Vec<LoggedChange> = Vec::new();
    let mut bytes = 0;
    let mut whole = true;
    tx.scan(
        &format!("SELECT {JOINED} WHERE c.position > $1 AND c.position <= $2 AND c.instance <> $3 ORDER BY c.position"),
        params![scope.position(after), scope.position_max(), exclude.0],
        |row| {
            if !found.is_empty() && (bytes >= bytes_max || found.len() >= count_max) {
                whole = false;
                return Ok(false);
            }
            let change = read(row)?;
            bytes += change.record.bytes.len();
            found.push(change);
            Ok(true)
        },
    )?;
    Ok((found, whole))
}

/// One step of the walk down the log that a first download makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub seq: Seq,
    pub document: DocumentRowId,
    pub document_last_seq: Seq,
}

/// Walks the log downwards from the last change `< before` (and `<= as_of`) until `visit` answers `false`.
pub(crate) fn walk_down(
    tx: &Tx<'_>,
    scope: ScopeId,
    as_of: Seq,
    before: Seq,
    mut visit: impl FnMut(Step) -> Result<bool, DbError>,
) -> Result<(), DbError> {
    let top = Seq(as_of.0.min(before.0.saturating_sub(1)));
    tx.scan(
        "SELECT c.position, d.id, d.last_seq FROM change c JOIN document d ON d.id = c.document
         WHERE c.position > $1 AND c.position <= $2 ORDER BY c.position DESC",
        params![scope.position(Seq(0)), scope.position(top)],
        |row| {
            visit(Step {
                seq: seq_of(row.int(0)?),
                document: DocumentRowId(row.int(1)?),
                document_last_seq: Seq(row.u64(2)?),
            })
        },
    )
}

/// Whether a document has a change in `(after, up_to]`.
pub(crate) fn any_between(
    tx: &Tx<'_>,
    scope: ScopeId,
    document: DocumentRowId,
    after: Seq,
    up_to: Seq,
) -> Result<bool, DbError> {
    let found = tx.row_opt(
        "SELECT 1 FROM change WHERE document = $1 AND position > $2 AND position <= $3",
        params![document.0, scope.position(after), scope.position(up_to)],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// A document's changes up to a sequence, in log order. A damaged one is among them as it is kept.
pub(crate) fn of_document(
    tx: &Tx<'_>,
    scope: ScopeId,
    document: DocumentRowId,
    up_to: Seq,
) -> Result<Vec<LoggedChange>, DbError> {
    tx.rows(
        &format!("SELECT {JOINED} WHERE c.document = $1 AND c.position <= $2 ORDER BY c.position"),
        params![document.0, scope.position(up_to)],
        read_any,
    )
}

/// What validation needs of a change that the document already has.
#[derive(Debug, Clone)]
pub(crate) struct KnownChange {
    pub hash: ChangeHash,
    pub actor: Vec<u8>,
    pub actor_seq: u64,
}

pub(crate) fn known_of_document(tx: &Tx<'_>, document: DocumentRowId) -> Result<Vec<KnownChange>, DbError> {
    tx.rows(
        "SELECT c.hash, a.actor, c.actor_seq FROM change c JOIN actor a ON a.id = c.actor WHERE c.document = $1",
        params![document.0],
        |row| Ok(KnownChange { hash: ChangeHash(row.array(0)?), actor: row.blob(1)?, actor_seq: row.u64(2)? }),
    )
}

pub(crate) fn by_hash(
    tx: &Tx<'_>,
    scope: ScopeId,
    hash: &ChangeHash,
) -> Result<Option<LoggedChange>, DbError> {
    tx.row_opt(
        &format!("SELECT {JOINED} WHERE c.scope = $1 AND c.hash = $2"),
        params![scope.0, &hash.0],
        read,
    )
}

/// The only change of the scope whose hash begins so.
pub(crate) fn by_prefix(tx: &Tx<'_>, scope: ScopeId, prefix: &[u8]) -> Result<Option<HeldChange>, DbError> {
    let (mut first, mut last) = ([0; 32], [0xff; 32]);
    let length = prefix.len().min(32);
    first[..length].copy_from_slice(&prefix[..length]);
    last[..length].copy_from_slice(&prefix[..length]);
    let found = tx.rows(
        "SELECT c.hash, d.document, d.kind FROM change c JOIN document d ON d.id = c.document
         WHERE c.scope = $1 AND c.hash BETWEEN $2 AND $3 LIMIT 2",
        params![scope.0, &first, &last],
        |row| {
            let kind = u16::try_from(row.int(2)?).map_err(|_| DbError::Malformed { what: "kind" })?;
            Ok(HeldChange {
                doc: DocId(row.array(1)?),
                kind: KindCode(kind),
                hash: ChangeHash(row.array(0)?),
            })
        },
    )?;
    Ok(if let [only] = found.as_slice() { Some(*only) } else { None })
}

/// Where a change stands in the log, from the index alone.
pub(crate) fn place_of(tx: &Tx<'_>, scope: ScopeId, hash: &ChangeHash) -> Result<Option<i64>, DbError> {
    tx.row_opt(
        "SELECT position FROM change WHERE scope = $1 AND hash = $2",
        params![scope.0, &hash.0],
        |row| row.int(0),
    )
}

/// All hashes of a scope, from its index alone.
pub(crate) fn hashes(tx: &Tx<'_>, scope: ScopeId) -> Result<Vec<ChangeHash>, DbError> {
    tx.rows("SELECT hash FROM change WHERE scope = $1 ORDER BY hash", params![scope.0], |row| {
        row.array(0).map(ChangeHash)
    })
}

/// The sequence of the newest change; 0 when there is none.
pub(crate) fn newest(tx: &Tx<'_>, scope: ScopeId) -> Result<Seq, DbError> {
    let position = tx.row_opt(
        "SELECT position FROM change WHERE position > $1 AND position <= $2 ORDER BY position DESC LIMIT 1",
        params![scope.position(Seq(0)), scope.position_max()],
        |row| row.int(0),
    )?;
    Ok(position.map_or(Seq(0), seq_of))
}

/// What a scope's log holds of each document.
pub(super) fn held(tx: &Tx<'_>, scope: ScopeId) -> Result<HashMap<DocumentRowId, Held>, DbError> {
    let mut held: HashMap<DocumentRowId, Held> = HashMap::new();
    tx.scan(
        "SELECT document, SUBSTR(bytes, 1, $3), LENGTH(bytes) FROM change WHERE position > $1 AND position <= $2",
        params![scope.position(Seq(0)), scope.position_max(), packed::HEAD_BYTES],
        |row| {
            let document = held.entry(DocumentRowId(row.int(0)?)).or_default();
            document.changes += 1;
            document.bytes += packed::raw_len(&row.blob(1)?, row.u64(2)?);
            Ok(true)
        },
    )?;
    Ok(held)
}

/// Names changes that are not what their hashes say, at most `count_max` of them; reads every log.
pub(in crate::storage) fn damaged(tx: &Tx<'_>, count_max: usize) -> Result<Vec<String>, DbError> {
    let mut found = Vec::new();
    tx.scan(
        "SELECT c.position, s.name, c.hash, c.bytes FROM change c JOIN scope s ON s.id = c.scope ORDER BY c.position",
        &[],
        |row| {
            let fault = match packed::unpack(row.blob(3)?) {
                Ok(bytes) => {
                    let hash = ChangeHeader::parse(&bytes).map(|header| header.hash);
                    (hash != Ok(ChangeHash(row.array(2)?))).then_some("is not what its hash says")
                }
                Err(Unreadable(_)) => Some("cannot be decompressed"),
            };
            if let Some(fault) = fault {
                found.push(format!("change {} of {} {fault}", seq_of(row.int(0)?), row.text(1)?));
            }
            Ok(found.len() < count_max)
        },
    )?;
    Ok(found)
}

pub(crate) fn delete_of_document(tx: &Tx<'_>, document: DocumentRowId) -> Result<Vec<ChangeHash>, DbError> {
    let hashes = tx.rows("SELECT hash FROM change WHERE document = $1", params![document.0], |row| {
        row.array(0).map(ChangeHash)
    })?;
    tx.execute("DELETE FROM change WHERE document = $1", params![document.0])?;
    Ok(hashes)
}
