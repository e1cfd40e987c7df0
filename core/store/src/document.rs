//! The documents of a node: finding them, opening them, locking one between opening and writing.

use parking_lot::{Mutex, MutexGuard};
use posto_documents::{ChangeHash, Document, Error as DocumentError, plain_value};
use posto_domain::id::DocumentId;
use posto_domain::{Kind, Record, Scope};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::change::read_hash;
use crate::error::{Error, Result};
use crate::local::TAIL_MAX;
use crate::transaction::{ReadTx, WriteTx};

/// What is wrong with a document, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentState {
    /// Nothing.
    Fine,
    /// Its changes do not make a document; see [`ReadTx::quarantined`].
    Quarantined,
    /// It rests on changes that are not here yet, or that only a newer version understands.
    NeedsNewer,
}

impl DocumentState {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Fine => 0,
            Self::Quarantined => 1,
            Self::NeedsNewer => 2,
        }
    }

    pub(crate) const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Fine,
            2 => Self::NeedsNewer,
            _ => Self::Quarantined,
        }
    }
}

/// A document's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentInfo {
    pub id: DocumentId,
    pub kind: Kind,
    pub scope: Scope,
    pub state: DocumentState,
    /// Local sequence of its newest change.
    pub last_change: i64,
    pub(crate) row: i64,
    pub(crate) scope_row: i64,
}

/// A document as it was opened: what a [`crate::LocalCommit`] is made from.
#[derive(Debug, Clone)]
pub struct OpenDocument {
    pub document: Document,
    pub info: DocumentInfo,
    /// Changes behind its snapshot.
    pub(crate) tail: usize,
}

/// Why a document was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    pub id: DocumentId,
    pub kind: Kind,
    /// Never content: what the document engine said.
    pub reason: String,
    pub at_ms: u64,
}

impl ReadTx<'_> {
    /// A document's row, if there is one.
    ///
    /// # Errors
    /// Of the database.
    pub fn document_info(&self, id: DocumentId) -> Result<Option<DocumentInfo>> {
        let mut statement = self.statement(
            "SELECT d.id, d.kind, d.state, d.last_change, d.scope, s.name
             FROM document d JOIN scope s ON s.id = d.scope WHERE d.uid = ?1",
        )?;
        let row = statement
            .query_row([id.to_bytes()], |row| {
                let scope: String = row.get(5)?;
                let state = DocumentState::from_code(row.get(2)?);
                Ok((row.get(0)?, Kind::from_code(row.get(1)?), state, row.get(3)?, row.get(4)?, scope))
            })
            .optional()?;
        let Some((row, kind, state, last_change, scope_row, scope)) = row else { return Ok(None) };
        let scope = scope.parse().map_err(|_| Error::Unreadable("scope name"))?;
        Ok(Some(DocumentInfo { id, kind, scope, state, last_change, row, scope_row }))
    }

    /// Opens a document with its whole history.
    ///
    /// # Errors
    /// [`Error::NoSuchDocument`], [`Error::Quarantined`], [`Error::Document`].
    pub fn open(&self, id: DocumentId) -> Result<OpenDocument> {
        let info = self.fine_document(id)?;
        if let Some((document, tail)) = self.reopen(&info)? {
            return Ok(OpenDocument { document, info, tail });
        }
        let stored = self.stored_document(info.row)?;
        let (document, tail) = (stored.open(info.kind)?, stored.tail.len());
        self.keep(&info, &document, tail);
        Ok(OpenDocument { document, info, tail })
    }

    fn keep(&self, info: &DocumentInfo, document: &Document, tail: usize) {
        if let Some(era) = self.era {
            self.shared.opened.put(era, info.id, info.last_change, document, tail);
        }
    }

    /// The document out of those opened lately, with the changes that it has got since.
    fn reopen(&self, info: &DocumentInfo) -> Result<Option<(Document, usize)>> {
        // A long tail is read again, so that a snapshot that was made meanwhile shortens it.
        let held = self.shared.opened.get(info.id).filter(|held| held.tail < TAIL_MAX);
        let Some(held) = held.filter(|held| held.last_change <= info.last_change) else { return Ok(None) };
        let mut document = (*held.document).clone();
        if held.last_change == info.last_change {
            return Ok(Some((document, held.tail)));
        }
        let news = self.changes_after(info.row, held.last_change)?;
        // Whatever is wrong with a change is judged where the whole document is opened.
        if document.apply_all(news.iter().map(|(_, bytes)| bytes)).is_err() {
            return Ok(None);
        }
        let tail = held.tail + news.len();
        self.keep(info, &document, tail);
        Ok(Some((document, tail)))
    }

    fn fine_document(&self, id: DocumentId) -> Result<DocumentInfo> {
        let info = self.document_info(id)?.ok_or(Error::NoSuchDocument(id))?;
        if info.state == DocumentState::Quarantined {
            return Err(Error::Quarantined(id));
        }
        Ok(info)
    }

    /// As [`Self::open`], for reading only.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn document(&self, id: DocumentId) -> Result<Document> {
        Ok(self.open(id)?.document)
    }

    /// The current content of a document as a typed record.
    ///
    /// # Errors
    /// As [`Self::document`].
    pub fn record<R: Record>(&self, id: DocumentId) -> Result<R> {
        let info = self.fine_document(id)?;
        let value = self.stored_document(info.row)?.value(info.kind)?;
        Ok(serde_json::from_value(value).map_err(DocumentError::Shape)?)
    }

    /// Every document of a kind, in the order they were first seen.
    ///
    /// # Errors
    /// Of the database.
    pub fn documents_of_kind(&self, kind: Kind) -> Result<Vec<DocumentId>> {
        let mut statement = self.statement("SELECT uid FROM document WHERE kind = ?1 ORDER BY id")?;
        let rows = statement.query_map([kind.code()], |row| row.get(0).map(DocumentId::from_bytes))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many documents of each kind there are.
    ///
    /// # Errors
    /// Of the database.
    pub fn document_counts(&self) -> Result<Vec<(Kind, u64)>> {
        let mut statement = self.statement("SELECT kind, count(*) FROM document GROUP BY kind")?;
        let rows = statement
            .query_map([], |row| Ok((Kind::from_code(row.get(0)?), row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Documents that were set aside, oldest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>> {
        let mut statement = self.statement(
            "SELECT d.uid, d.kind, q.reason, q.at_ms FROM quarantine q
             JOIN document d ON d.id = q.document ORDER BY q.at_ms, d.id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Quarantined {
                id: DocumentId::from_bytes(row.get(0)?),
                kind: Kind::from_code(row.get(1)?),
                reason: row.get(2)?,
                at_ms: row.get::<_, i64>(3)? as u64,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn stored_document(&self, row: i64) -> Result<StoredDocument> {
        let snapshot = self
            .statement("SELECT up_to, bytes FROM snapshot WHERE document = ?1")?
            .query_row([row], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
            .optional()?;
        let after = snapshot.as_ref().map_or(0, |(up_to, _)| *up_to);
        let tail = self.changes_after(row, after)?;
        Ok(StoredDocument { snapshot: snapshot.map(|(_, bytes)| bytes), tail })
    }

    fn changes_after(&self, row: i64, after: i64) -> Result<Vec<(ChangeHash, Vec<u8>)>> {
        let mut statement = self.statement(
            "SELECT hash8, hash24, bytes FROM change WHERE document = ?1 AND local_seq > ?2 ORDER BY local_seq",
        )?;
        let changes =
            statement.query_map([row, after], |row| Ok((ChangeHash(read_hash(row, 0)?), row.get(2)?)))?;
        Ok(changes.collect::<Result<_, _>>()?)
    }
}

/// A document as it is stored: its snapshot, if it has one, and the changes behind it.
#[derive(Debug, Default)]
pub(crate) struct StoredDocument {
    snapshot: Option<Vec<u8>>,
    tail: Vec<(ChangeHash, Vec<u8>)>,
}

impl StoredDocument {
    /// A document that has this change only.
    pub(crate) fn new(hash: ChangeHash, bytes: Vec<u8>) -> Self {
        Self { snapshot: None, tail: vec![(hash, bytes)] }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.snapshot.iter().chain(self.tail.iter().map(|(_, bytes)| bytes)).map(Vec::len).sum()
    }

    pub(crate) fn open(&self, kind: Kind) -> Result<Document, DocumentError> {
        match &self.snapshot {
            Some(snapshot) => {
                Document::load_snapshot(kind, snapshot, self.tail.iter().map(|(_, bytes)| bytes))
            }
            None => Document::read(kind, self.tail.iter().map(|(hash, bytes)| (hash, bytes.as_slice()))),
        }
    }

    /// The content, if the document need not be opened for it: nothing in it competes then.
    pub(crate) fn plain_value(&self, kind: Kind) -> Option<Value> {
        let changes = self.tail.iter().map(|(hash, bytes)| (hash, bytes.as_slice()));
        self.snapshot.is_none().then(|| plain_value(kind, changes)).flatten()
    }

    fn value(&self, kind: Kind) -> Result<Value, DocumentError> {
        self.plain_value(kind).map_or_else(|| self.open(kind)?.value(), Ok)
    }
}

impl WriteTx<'_> {
    /// Sets a document aside: it is not opened again until a change to it arrives.
    pub(crate) fn quarantine(&self, row: i64, reason: &str) -> Result<()> {
        self.set_document_state(row, DocumentState::Quarantined)?;
        self.statement("INSERT OR REPLACE INTO quarantine (document, reason, at_ms) VALUES (?1, ?2, ?3)")?
            .execute(params![row, reason, self.shared.now_ms() as i64])?;
        Ok(())
    }

    pub(crate) fn set_document_state(&self, row: i64, state: DocumentState) -> Result<()> {
        self.statement("UPDATE document SET state = ?2 WHERE id = ?1 AND state <> ?2")?
            .execute([row, state.code()])?;
        if state != DocumentState::Quarantined {
            self.statement("DELETE FROM quarantine WHERE document = ?1")?.execute([row])?;
        }
        Ok(())
    }

    /// Keeps a compact form of a document whose tail of changes has grown long.
    pub(crate) fn write_snapshot(&self, row: i64, up_to: i64, bytes: &[u8]) -> Result<()> {
        self.statement("INSERT OR REPLACE INTO snapshot (document, up_to, bytes) VALUES (?1, ?2, ?3)")?
            .execute(params![row, up_to, bytes])?;
        Ok(())
    }
}

/// One lock per document between opening and writing it, so that two commands on one record run
/// one after the other. Striped: two documents may share a lock, which costs time, never safety.
#[derive(Debug)]
pub(crate) struct DocumentLocks(Vec<Mutex<()>>);

const STRIPES: usize = 256;

impl Default for DocumentLocks {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| Mutex::new(())).collect())
    }
}

/// Held while documents are changed.
#[must_use = "the documents are locked only as long as this lives"]
#[derive(Debug)]
pub struct DocumentGuard<'s>(#[expect(dead_code, reason = "held for its drop")] Vec<MutexGuard<'s, ()>>);

impl DocumentLocks {
    /// Locks all of them, in an order that two callers cannot block each other in.
    pub(crate) fn lock(&self, ids: &[DocumentId]) -> DocumentGuard<'_> {
        let mut stripes: Vec<usize> = ids.iter().map(|id| stripe(*id)).collect();
        stripes.sort_unstable();
        stripes.dedup();
        DocumentGuard(stripes.into_iter().filter_map(|at| self.0.get(at)).map(Mutex::lock).collect())
    }
}

/// ULIDs drawn together differ in time and counter only, so every byte takes part.
fn stripe(id: DocumentId) -> usize {
    let mixed =
        id.to_bytes().iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    mixed as usize % STRIPES
}
