//! Erasing documents for good, and the ledger that makes every restored copy forget them again.
//!
//! An entry is written to the ledger file, durably, before anything is deleted: a crash in between is
//! finished at the next start, and so is a backup that was put back.

use std::io;
use std::path::{Path, PathBuf};

use posto_documents::Document;
use posto_domain::attachment::Attachment;
use posto_domain::{ClinicId, DocumentId, Kind, Scope, UserId};
use posto_sync::{BlobHash, DocId, Epoch, Erasure, KindCode, Seq};
use serde::{Deserialize, Serialize};

use crate::data_folder::DataFolder;
use crate::directory::DirectoryError;
use crate::hub::BlobFolder;
use crate::ledger::{self, LedgerError};
use crate::random::{self, NoEntropy};
use crate::storage::table::document::DocumentRow;
use crate::storage::table::scope::ScopeRow;
use crate::storage::table::{blob, change, document, erasure, kind_count, refusal, scope, signal};
use crate::storage::{Db, DbError, Tx};

/// Why somebody may ask for erasure; codes are part of the ledger's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LegalBasis {
    /// The person asked (LGPD art. 18 VI, GDPR art. 17)
    Request,
    /// The retention term has passed
    Retention,
    /// Consent was withdrawn and nothing else allows keeping it
    ConsentWithdrawn,
    /// A court or an authority ordered it
    Order,
    /// It should never have been recorded
    Mistake,
}

impl LegalBasis {
    const fn code(self) -> u16 {
        match self {
            Self::Request => 1,
            Self::Retention => 2,
            Self::ConsentWithdrawn => 3,
            Self::Order => 4,
            Self::Mistake => 5,
        }
    }
}

/// One line of the ledger file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LedgerLine {
    pub scope: String,
    pub document: DocumentId,
    pub basis: LegalBasis,
    pub decided_by: UserId,
    pub at_ms: u64,
}

/// Why nothing was erased, or not all.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("an attachment could not be removed")]
    Attachment(#[source] io::Error),
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error("there is no such document")]
    Missing,
}

/// Kinds whose documents are about one patient, named in their field `patient`.
const ABOUT_A_PATIENT: &[Kind] = &[
    Kind::Consent,
    Kind::CaregiverLink,
    Kind::Chart,
    Kind::Attachment,
    Kind::ConflictTask,
    Kind::MergeRecord,
];

/// The document and, when it is a patient, every document about that patient.
pub(crate) fn with_dependants(
    tx: &Tx<'_>,
    scope: Scope,
    id: DocumentId,
) -> Result<Vec<DocumentId>, ErasureError> {
    let row = scope::by_name(tx, scope)?.ok_or(ErasureError::Missing)?;
    let found = document::get(tx, row.id, DocId(id.to_bytes()))?.ok_or(ErasureError::Missing)?;
    let mut all = vec![id];
    if found.kind != KindCode(Kind::Patient.code()) {
        return Ok(all);
    }
    let patient = id.to_string();
    for kind in ABOUT_A_PATIENT {
        for candidate in document::of_kind(tx, row.id, KindCode(kind.code()))? {
            let changes = change::of_document(tx, row.id, candidate.id, row.head)?;
            let opened =
                posto_documents::Document::load(*kind, changes.iter().map(|change| &change.record.bytes));
            let value = opened.and_then(|document| document.value());
            let names_it =
                value.is_ok_and(|value| value.get("patient").and_then(|v| v.as_str()) == Some(&patient));
            if names_it {
                all.push(DocumentId::from_bytes(candidate.doc.0));
            }
        }
    }
    Ok(all)
}

/// The ledger of an installation, and the attachments that go with what it lists.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub file: PathBuf,
    pub blobs: BlobFolder,
}

impl Ledger {
    /// The ledger of a data folder.
    pub(crate) fn of(folder: &DataFolder) -> Self {
        Self { file: folder.erasures(), blobs: BlobFolder(folder.blobs()) }
    }

    /// All lines; none when there is no file. A last line that a crash tore is not one yet.
    pub(crate) fn read(&self) -> Result<Vec<LedgerLine>, ErasureError> {
        Ok(ledger::read(&self.file)?)
    }

    /// Erases documents of a scope: first into the ledger, then out of the database.
    pub(crate) fn erase(&self, db: &Db, lines: &[LedgerLine]) -> Result<usize, ErasureError> {
        ledger::append(&self.file, lines)?;
        self.carry_out(db, lines.to_vec())
    }

    /// Carries out what the database does not know of: after a crash or a restore.
    pub(crate) fn apply(&self, db: &Db) -> Result<usize, ErasureError> {
        let lines = self.read()?;
        if lines.is_empty() { Ok(0) } else { self.carry_out(db, lines) }
    }

    fn carry_out(&self, db: &Db, lines: Vec<LedgerLine>) -> Result<usize, ErasureError> {
        let (erased, orphans) = db.write_blocking(move |tx| {
            let (mut erased, mut orphans) = (0, Vec::new());
            for line in &lines {
                erased += usize::from(erase_one(tx, line, &mut orphans)?);
            }
            if erased > 0 {
                signal::raise(tx, signal::SCOPES)?;
            }
            Ok::<_, ErasureError>((erased, orphans))
        })?;
        for (clinic, blob) in orphans {
            remove_file(&self.blobs.complete(clinic, &blob)).map_err(ErasureError::Attachment)?;
        }
        Ok(erased)
    }
}

fn remove_file(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes one document with its history and gives its scope a new epoch; false when that was done before
/// or the scope is not here.
fn erase_one(
    tx: &Tx<'_>,
    line: &LedgerLine,
    orphans: &mut Vec<(ClinicId, BlobHash)>,
) -> Result<bool, ErasureError> {
    let name: Scope = line.scope.parse().map_err(|_| DbError::Malformed { what: "scope name" })?;
    let doc = DocId(line.document.to_bytes());
    let Some(row) = scope::by_name(tx, name)? else { return Ok(false) };
    if erasure::is_erased(tx, row.id, doc)? {
        return Ok(false);
    }
    let mut row = scope::lock(tx, name)?;
    if let Some(found) = document::get(tx, row.id, doc)? {
        if let Some(blob) = lone_blob(tx, &row, &found)? {
            blob::delete(tx, row.clinic, &blob)?;
            orphans.push((row.clinic, blob));
        }
        for hash in change::delete_of_document(tx, found.id)? {
            row.fingerprint.sub(&hash);
            row.count = row.count.saturating_sub(1);
        }
        document::delete(tx, found.id)?;
    }
    refusal::delete_of_document(tx, row.id, doc)?;
    row.erasure_head += 1;
    row.epoch = Epoch(random::bytes()?);
    let entry = Erasure {
        number: row.erasure_head,
        doc,
        basis: line.basis.code(),
        decided_by: line.decided_by.to_bytes(),
        at_ms: line.at_ms,
    };
    erasure::insert(tx, row.id, &entry)?;
    scope::update(tx, &row)?;
    if row.projected > row.head {
        scope::set_projected(tx, row.id, Seq(row.head.0))?;
    }
    kind_count::recount(tx, row.id)?;
    Ok(true)
}

/// The content of an attachment that no other attachment of the scope has, too.
fn lone_blob(tx: &Tx<'_>, scope: &ScopeRow, erased: &DocumentRow) -> Result<Option<BlobHash>, ErasureError> {
    if erased.kind != KindCode(Kind::Attachment.code()) {
        return Ok(None);
    }
    let mut wanted = None;
    let mut shared = Vec::new();
    for row in document::of_kind(tx, scope.id, erased.kind)? {
        let changes = change::of_document(tx, scope.id, row.id, scope.head)?;
        let opened = Document::load(Kind::Attachment, changes.iter().map(|change| &change.record.bytes));
        let Ok(attachment) = opened.and_then(|document| document.record::<Attachment>()) else { continue };
        let mut hash = [0; 32];
        if hex::decode_to_slice(&attachment.blake3, &mut hash).is_err() {
            continue;
        }
        if row.id == erased.id {
            wanted = Some(BlobHash(hash));
        } else {
            shared.push(BlobHash(hash));
        }
    }
    Ok(wanted.filter(|blob| !shared.contains(blob)))
}
