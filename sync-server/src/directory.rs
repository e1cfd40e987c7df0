//! The server's own writing: directory documents, made and edited under the server's actor.

mod clinics;
mod devices;
mod numbers;
mod users;

pub(crate) use clinics::{NewClinic, NewLocation};
pub(crate) use users::{NewUser, hashed};

use parking_lot::Mutex;
use posto_documents::{Document, NewChange, WriteContext};
use posto_domain::hlc::{Hlc, HlcClock};
use posto_domain::id::UlidNewtype;
use posto_domain::jurisdiction::{Jurisdictions, PackError};
use posto_domain::{DocumentId, IdGenerator, Kind, Record, Scope, UserId};
use posto_sync::header::ChangeHeader;
use posto_sync::{ActorPrefix, ChangeHash, ChangeRecord, DocId, KindCode, NodeKey};

use crate::clock::Clock;
use crate::hub::{Accepted, HubError, append};
use crate::ledger::LedgerError;
use crate::random::{self, NoEntropy};
use crate::storage::table::change::{self, SERVER_INSTANCE};
use crate::storage::table::{document, installation, scope, signal};
use crate::storage::{Db, DbError, Tx};

/// Why the directory was not written. Nothing of it has happened.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("a document could not be read or written")]
    Document(#[from] posto_documents::Error),
    #[error("there is no {0} with this id")]
    Missing(&'static str),
    #[error("{field}: {rule}")]
    Rule {
        /// Which field of what was given.
        field: &'static str,
        /// Stable name of the broken rule.
        rule: &'static str,
    },
    #[error("the jurisdiction packs cannot be used")]
    Jurisdictions(#[from] PackError),
    #[error("record numbers have run out")]
    NumbersSpent,
    #[error("no enrolment code could be drawn")]
    Code(#[source] posto_net::NetError),
    #[error("the log refused the change")]
    Append,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error(transparent)]
    Password(#[from] crate::password::PasswordError),
}

impl DirectoryError {
    pub(crate) const fn rule(field: &'static str, rule: &'static str) -> Self {
        Self::Rule { field, rule }
    }
}

impl From<HubError> for DirectoryError {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Db(error) => Self::Db(error),
            _ => Self::Append,
        }
    }
}

/// Writes directory documents. One per process: its actor's second half is drawn at each start.
pub(crate) struct Directory {
    actor: [u8; 16],
    ids: Mutex<IdGenerator>,
    hlc: Mutex<HlcClock>,
    clock: Clock,
    jurisdictions: Jurisdictions,
}

impl Directory {
    /// The writer of this installation.
    ///
    /// # Errors
    /// When the database has no server id: `init` did not finish.
    pub(crate) fn open(db: &Db, clock: Clock) -> Result<Self, DirectoryError> {
        let id = db.read_blocking::<_, DbError, _>(|tx| installation::get(tx, installation::SERVER_ID))?;
        let id: [u8; 16] =
            id.and_then(|id| id.try_into().ok()).ok_or(DirectoryError::Missing("server identity"))?;
        let mut actor = [0; 16];
        actor[..8].copy_from_slice(&ActorPrefix::of_node(NodeKey(id)).0);
        actor[8..].copy_from_slice(&random::bytes::<8>()?);
        let ids = Mutex::new(IdGenerator::new(random::bytes()?));
        let hlc = Mutex::new(HlcClock::resume(Hlc::default()));
        Ok(Self { actor, ids, hlc, clock, jurisdictions: Jurisdictions::builtin()? })
    }

    /// A fresh id of any type.
    pub(crate) fn draw<T: UlidNewtype>(&self) -> T {
        self.ids.lock().draw(self.clock.now_ms().max(0).cast_unsigned())
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    fn context(&self, author: UserId) -> WriteContext {
        let time_ms = self.clock.now_ms();
        let hlc = self.hlc.lock().tick(time_ms);
        WriteContext { actor: self.actor, author, time_ms, hlc }
    }

    /// Makes a document in a scope's log, in the caller's transaction.
    fn create<R: Record>(
        &self,
        tx: &Tx<'_>,
        scope: Scope,
        author: UserId,
        record: &R,
    ) -> Result<(), DirectoryError> {
        let change = Document::first_change(&self.context(author), record)?;
        self.log(tx, scope, record.document_id(), R::KIND, change)
    }

    /// Edits a document in a scope's log, in the caller's transaction. Nothing is written when nothing differs.
    fn edit<R: Record>(
        &self,
        tx: &Tx<'_>,
        scope: Scope,
        id: DocumentId,
        author: UserId,
        edit: impl FnOnce(&mut R),
    ) -> Result<(), DirectoryError> {
        let mut document = load(tx, scope, id, R::KIND)?.ok_or(DirectoryError::Missing(R::KIND.name()))?;
        let change = document.edit::<R, posto_documents::Error>(None, &self.context(author), |record| {
            edit(record);
            Ok(())
        })?;
        match change {
            Some(change) => self.log(tx, scope, id, R::KIND, change),
            None => Ok(()),
        }
    }

    fn log(
        &self,
        tx: &Tx<'_>,
        scope: Scope,
        id: DocumentId,
        kind: Kind,
        change: NewChange,
    ) -> Result<(), DirectoryError> {
        let header = ChangeHeader::parse(&change.bytes).map_err(|_| DirectoryError::Append)?;
        let (actor, actor_seq) = (header.actor.to_vec(), header.seq);
        let record = ChangeRecord {
            doc: DocId(id.to_bytes()),
            kind: KindCode(kind.code()),
            hash: ChangeHash(change.hash.0),
            bytes: change.bytes,
        };
        let mut row = scope::lock(tx, scope)?;
        append(tx, &mut row, SERVER_INSTANCE, &[Accepted { record, actor, actor_seq }])?;
        signal::raise(tx, signal::SCOPES)?;
        Ok(())
    }
}

/// A document of a scope, as the log has it.
pub(crate) fn load(
    tx: &Tx<'_>,
    scope: Scope,
    id: DocumentId,
    kind: Kind,
) -> Result<Option<Document>, DirectoryError> {
    let row = scope::by_name(tx, scope)?.ok_or(DirectoryError::Missing("scope"))?;
    let Some(found) = document::get(tx, row.id, DocId(id.to_bytes()))? else { return Ok(None) };
    if found.kind != KindCode(kind.code()) {
        return Ok(None);
    }
    let changes = change::of_document(tx, row.id, found.id, row.head)?;
    Ok(Some(Document::load(kind, changes.iter().map(|change| &change.record.bytes))?))
}

/// All records of a kind in a scope; a document that does not open is left out.
pub(crate) fn records<R: Record>(tx: &Tx<'_>, scope: Scope) -> Result<Vec<R>, DirectoryError> {
    let row = scope::by_name(tx, scope)?.ok_or(DirectoryError::Missing("scope"))?;
    let mut found = Vec::new();
    for known in document::of_kind(tx, row.id, KindCode(R::KIND.code()))? {
        let changes = change::of_document(tx, row.id, known.id, row.head)?;
        let document = Document::load(R::KIND, changes.iter().map(|change| &change.record.bytes));
        found.extend(document.and_then(|document| document.record::<R>()).ok());
    }
    Ok(found)
}
