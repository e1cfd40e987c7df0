//! The server's storage without a network: what the simulation puts behind the real engines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posto_documents::Document;
use posto_domain::{ClinicId, DocumentId, Kind, LocationId, NodeId, Scope, UserId};
use posto_sync::hub::{HubAnswer, HubRequest};
use posto_sync::{ActorPrefix, DocId, Epoch, NodeKey, ScopeName, StoreFailure};

use crate::clock::Clock;
use crate::data_folder::DataFolder;
use crate::directory::{Directory, DirectoryError, NewClinic, NewLocation};
use crate::erasure::{Ledger, LedgerLine, LegalBasis};
use crate::hub::{BlobFolder, Hub};
use crate::revocation::{Revocation, Revocations};
use crate::storage::table::node::NodeRow;
use crate::storage::table::{change, document, installation, scope};
use crate::storage::{Db, DbError, DbOptions};
use crate::{doctor, random};

const DATABASE: &str = "server.db";
const LEDGER: &str = "erasures.ndjson";
const BLOBS: &str = "blobs";

/// A server's data folder and its one clinic.
pub struct StorageOnly {
    folder: PathBuf,
    clock: Clock,
    db: Db,
    hub: Hub,
    directory: Arc<Directory>,
    clinic: ClinicId,
    location: LocationId,
}

impl StorageOnly {
    /// A new installation in an empty folder.
    ///
    /// # Errors
    /// Of the database.
    pub fn create(folder: &Path, clock: Clock) -> anyhow::Result<Self> {
        let db = Db::open(&folder.join(DATABASE), DbOptions { create: true })?;
        db.write_blocking::<_, DbError, _>(|tx| installation::set(tx, installation::SERVER_ID, &[7; 16]))?;
        let mut server = Self::over(folder, clock, db, ClinicId::NIL, LocationId::NIL)?;
        let (directory, new) =
            (server.directory.clone(), NewClinic { name: "Um".to_owned(), jurisdiction: "BR".to_owned() });
        server.clinic =
            server.db.write_blocking(move |tx| directory.add_clinic(tx, UserId::OPERATOR, &new))?.id;
        server.location = server.add_location("Centro")?;
        Ok(server)
    }

    fn over(
        folder: &Path,
        clock: Clock,
        db: Db,
        clinic: ClinicId,
        location: LocationId,
    ) -> anyhow::Result<Self> {
        let directory = Arc::new(Directory::open(&db, clock.clone())?);
        let hub = Hub::new(db.clone(), BlobFolder(folder.join(BLOBS)), clock.clone());
        Ok(Self { folder: folder.to_owned(), clock, db, hub, directory, clinic, location })
    }

    /// Writes into the directory scope: one more location.
    ///
    /// # Errors
    /// Of the database.
    pub fn add_location(&self, name: &str) -> anyhow::Result<LocationId> {
        let (directory, new) =
            (self.directory.clone(), NewLocation { clinic: self.clinic, name: name.to_owned() });
        Ok(self.db.write_blocking(move |tx| directory.add_location(tx, UserId::OPERATOR, &new))?.id)
    }

    /// One more clinic with one location on the same server.
    ///
    /// # Errors
    /// Of the database.
    pub fn add_clinic(&self, name: &str) -> anyhow::Result<(ClinicId, LocationId)> {
        let (directory, new) =
            (self.directory.clone(), NewClinic { name: name.to_owned(), jurisdiction: "BR".to_owned() });
        let clinic = self.db.write_blocking(move |tx| directory.add_clinic(tx, UserId::OPERATOR, &new))?.id;
        let (directory, new) = (self.directory.clone(), NewLocation { clinic, name: "Outra".to_owned() });
        Ok((clinic, self.db.write_blocking(move |tx| directory.add_location(tx, UserId::OPERATOR, &new))?.id))
    }

    /// Enrols a node of the first clinic.
    ///
    /// # Errors
    /// Of the database.
    pub fn add_node(&self, id: NodeId) -> anyhow::Result<ActorPrefix> {
        self.add_node_of(self.clinic, self.location, id)
    }

    /// Enrols a node of any clinic.
    ///
    /// # Errors
    /// Of the database.
    pub fn add_node_of(
        &self,
        clinic: ClinicId,
        location: LocationId,
        id: NodeId,
    ) -> anyhow::Result<ActorPrefix> {
        let actor_prefix = ActorPrefix::of_node(NodeKey(id.to_bytes()));
        let now_ms = self.clock.now_ms();
        let row = NodeRow {
            id,
            clinic,
            location: Some(location),
            name: "desk".to_owned(),
            actor_prefix,
            serial: id.to_string(),
            previous_serial: None,
            certificate_until_ms: now_ms,
            enrolled_at_ms: now_ms,
            revoked_at_ms: None,
            last_seen_at_ms: None,
            online: false,
            software: None,
            clock_offset_ms: None,
        };
        let directory = self.directory.clone();
        self.db.write_blocking::<_, DirectoryError, _>(move |tx| {
            directory.add_node(tx, &row, [9; 32])?;
            directory.grant_numbers(tx, clinic, id)
        })?;
        Ok(actor_prefix)
    }

    /// Revokes a node's certificate: ledger first.
    ///
    /// # Errors
    /// Of the ledger or the database.
    pub fn revoke(&self, id: NodeId) -> anyhow::Result<()> {
        let revocation = Revocation { node: id, decided_by: UserId::OPERATOR, at_ms: self.clock.now_ms() };
        let (revocations, directory) = (self.revocations(), Arc::clone(&self.directory));
        self.db.write_blocking(move |tx| revocations.revoke(tx, &directory, &revocation, None))?;
        Ok(())
    }

    /// The clinic's scope.
    #[must_use]
    pub fn clinic_scope(&self) -> Scope {
        Scope::Clinic(self.clinic)
    }

    /// Every scope of the clinic.
    ///
    /// # Errors
    /// Of the database.
    pub fn scopes(&self) -> anyhow::Result<Vec<Scope>> {
        let rows = self.db.read_blocking::<_, DbError, _>(scope::list)?;
        Ok(rows.into_iter().map(|row| row.scope).collect())
    }

    /// Carries out one request of a node's session.
    ///
    /// # Errors
    /// As in production.
    pub fn answer(&self, node: NodeId, request: HubRequest) -> Result<HubAnswer, StoreFailure> {
        self.hub.run(node, self.hub.registry.draw(), request)
    }

    /// Erases one document of the clinic's scope: ledger first.
    ///
    /// # Errors
    /// Of the ledger or the database.
    pub fn erase(&self, document: DocumentId) -> anyhow::Result<()> {
        let line = LedgerLine {
            scope: self.clinic_scope().to_string(),
            document,
            basis: LegalBasis::Request,
            decided_by: UserId::OPERATOR,
            at_ms: u64::try_from(self.clock.now_ms()).unwrap_or(0),
        };
        self.ledger().erase(&self.db, &[line])?;
        Ok(())
    }

    fn ledger(&self) -> Ledger {
        Ledger { file: self.folder.join(LEDGER), blobs: BlobFolder(self.folder.join(BLOBS)) }
    }

    fn revocations(&self) -> Revocations {
        Revocations::of(&DataFolder::new(&self.folder))
    }

    /// Copies the database, and the attachments beside it.
    ///
    /// # Errors
    /// Of the database or the file system.
    pub fn backup_to(&self, file: &Path) -> anyhow::Result<()> {
        self.db.backup_to(file)?;
        copy_folder(&self.folder.join(BLOBS), &blobs_beside(file))?;
        Ok(())
    }

    /// Puts a copy back; the ledgers, which are no part of it, are carried out again. With `renew` as the command does it:
    /// the epochs are new and the attachments are those of the copy. Without, as by somebody who knows the database only:
    /// the epochs stay what they were, so that only cursors and fingerprints tell of the loss, and the attachments are
    /// newer than the database.
    ///
    /// # Errors
    /// Of the database or the file system.
    pub fn restore(self, backup: &Path, renew: bool) -> anyhow::Result<Self> {
        let Self { folder, clock, db, hub, directory, clinic, location } = self;
        drop((db, hub, directory));
        for suffix in ["", "-wal", "-shm"] {
            let file = folder.join(format!("{DATABASE}{suffix}"));
            if file.exists() {
                std::fs::remove_file(file)?;
            }
        }
        std::fs::copy(backup, folder.join(DATABASE))?;
        let db = Db::open(&folder.join(DATABASE), DbOptions { create: false })?;
        let now_ms = clock.now_ms();
        db.write_blocking::<_, DbError, _>(move |tx| {
            installation::set(tx, installation::RESTORED_AT, &now_ms.to_be_bytes())
        })?;
        if renew {
            drop(std::fs::remove_dir_all(folder.join(BLOBS)));
            copy_folder(&blobs_beside(backup), &folder.join(BLOBS))?;
            db.write_blocking::<_, anyhow::Error, _>(|tx| {
                for row in scope::list(tx)? {
                    let mut row = scope::lock(tx, row.scope)?;
                    row.epoch = Epoch(random::bytes()?);
                    scope::update(tx, &row)?;
                }
                Ok(())
            })?;
        }
        let server = Self::over(&folder, clock, db, clinic, location)?;
        server.ledger().apply(&server.db)?;
        server.revocations().apply(&server.db, &server.directory)?;
        Ok(server)
    }

    /// Every document of a scope in its canonical form, by id.
    ///
    /// # Errors
    /// Of the database, or of a document that cannot be opened.
    pub fn dump(&self, name: Scope) -> anyhow::Result<Vec<(DocumentId, String)>> {
        self.db.read_blocking::<_, anyhow::Error, _>(|tx| {
            let Some(row) = scope::by_name(tx, name)? else { return Ok(Vec::new()) };
            let mut dump = Vec::new();
            for kind in Kind::all() {
                for found in document::of_kind(tx, row.id, posto_sync::KindCode(kind.code()))? {
                    let changes = change::of_document(tx, row.id, found.id, row.head)?;
                    let opened = Document::load(kind, changes.iter().map(|change| &change.record.bytes))?;
                    dump.push((
                        DocumentId::from_bytes(DocId::as_bytes(&found.doc).to_owned()),
                        opened.canonical()?,
                    ));
                }
            }
            dump.sort();
            Ok(dump)
        })
    }

    /// Heads, counts and fingerprints that are not those of their rows.
    ///
    /// # Errors
    /// Of the database.
    pub fn faults(&self) -> anyhow::Result<Vec<String>> {
        let checks = self.db.read_blocking::<_, DbError, _>(|tx| {
            scope::list(tx)?.iter().map(|row| doctor::check_scope(tx, row)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(checks.into_iter().filter(|check| !check.ok).map(|check| check.detail).collect())
    }
}

/// A scope as the engines name it.
///
/// # Errors
/// Never for scopes of the domain.
pub fn scope_name(scope: Scope) -> anyhow::Result<ScopeName> {
    Ok(ScopeName::new(&scope.to_string())?)
}

fn blobs_beside(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push("-");
    name.push(BLOBS);
    PathBuf::from(name)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
