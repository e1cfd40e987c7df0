//! The store's handle: opening, writing, reading.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posto_domain::id::DocumentId;

use crate::blob::BlobFolder;
use crate::checkpoint::Checkpointer;
use crate::connection::{self, Role};
use crate::core::Core;
use crate::document::{DocumentGuard, DocumentLocks};
use crate::error::{Error, Result};
use crate::event::StoreEvent;
use crate::key::StoreKey;
use crate::lock::FolderLock;
use crate::meta::{CREATED_MS, INSTANCE};
use crate::options::StoreOptions;
use crate::projector::{Dirty, Projector, project_dirty};
use crate::reply::Pending;
use crate::schema;
use crate::shared::Shared;
use crate::transaction::{ReadTx, WriteTx};
use crate::writer::{Lane, Writer};

/// The database file in a data folder.
pub const DATABASE_FILE: &str = "posto.db";

/// A node's encrypted database, open. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

/// In the order in which they are dropped: the projector writes, so it ends first.
struct Inner {
    projector: Option<Projector>,
    core: Arc<Core>,
    locks: DocumentLocks,
    blobs: BlobFolder,
    #[expect(dead_code, reason = "held for its drop")]
    folder_lock: FolderLock,
}

impl Store {
    /// Opens the database in a data folder, or makes it where there is none.
    ///
    /// After an unclean end the file is checked before it is used. A database whose read models
    /// are of another version opens at once and computes them behind.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::WrongKey`], [`Error::NewerSchema`], [`Error::DamagedFile`],
    /// [`Error::File`].
    pub fn open(folder: &Path, key: StoreKey, options: StoreOptions) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|source| Error::file("create folder", folder, source))?;
        let folder_lock = FolderLock::take(folder)?;
        let database = folder.join(DATABASE_FILE);
        let ended_well = !has_log(&database);
        let mut writer = connection::open(&database, &key, Role::Writer, &options)?;
        if !ended_well {
            crate::doctor::quick_check(&writer)?;
        }
        schema::migrate(&mut writer)?;
        let background = options.background;
        let shared = Arc::new(Shared::new(folder.to_owned(), database, key, options));
        initialise(&writer, &shared)?;
        let checkpointer = Checkpointer::watch(&mut writer, shared.clone())?;
        let writer = Writer::start(writer, shared.clone(), checkpointer)?;
        let blobs = BlobFolder::new(folder.join("blobs"), &shared.key);
        let core = Arc::new(Core { writer, shared });
        let projector = background.then(|| Projector::start(core.clone())).transpose()?;
        Ok(Self(Arc::new(Inner { projector, core, locks: DocumentLocks::default(), blobs, folder_lock })))
    }

    /// Runs `work` in a transaction and returns when it is durable. Writes of other threads may
    /// share the transaction; an error rolls back this write alone.
    ///
    /// # Errors
    /// What `work` answered, or why the commit failed: then nothing was written.
    pub fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit(Lane::Interactive, work).wait()
    }

    /// As [`Self::write`], as a future that any runtime can await. The write happens whether or not
    /// anyone does.
    pub fn write_async<T, E, F>(&self, work: F) -> Pending<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit(Lane::Interactive, work)
    }

    /// As [`Self::write`], for bulk work such as an import: writes of people go first. Keep each
    /// closure under some ten milliseconds.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_bulk<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit(Lane::Background, work).wait()
    }

    /// Runs `work` on one consistent state of the database, beside all writes.
    ///
    /// # Errors
    /// What `work` answered.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.0.core.read(work)
    }

    /// Locks a document from before it is opened until its change is written. Blocks; never hold
    /// it across an await.
    pub fn lock_document(&self, id: DocumentId) -> DocumentGuard<'_> {
        self.0.locks.lock(&[id])
    }

    /// Locks several documents at once (a merge of two patients).
    pub fn lock_documents(&self, ids: &[DocumentId]) -> DocumentGuard<'_> {
        self.0.locks.lock(ids)
    }

    /// Calls `listener` after each commit with what became durable, on the writer's thread: it must
    /// not block and not call the store.
    pub fn listen(&self, listener: impl Fn(&StoreEvent) + Send + Sync + 'static) {
        self.0.core.shared.listen(Box::new(listener));
    }

    /// Brings the read models level with the log: waits for the projector, and does on this thread what is left.
    ///
    /// # Errors
    /// Of the database. A document that cannot be read is quarantined, which is no error.
    pub fn project(&self) -> Result<()> {
        if let Some(projector) = &self.0.projector {
            projector.settle();
        }
        while !self.read(|r| r.is_projected())? {
            project_dirty(&self.0.core, &|| false)?;
        }
        Ok(())
    }

    /// Drops all read models and computes them again from the documents.
    ///
    /// # Errors
    /// Of the database.
    pub fn rebuild(&self) -> Result<()> {
        self.write_bulk(|tx| tx.reset_read_models())?;
        self.project()
    }

    /// Lets the database grow to `pages` only, which fails as a full disk does. For tests.
    ///
    /// # Errors
    /// Of the database.
    #[doc(hidden)]
    pub fn limit_size_for_test(&self, pages: u32) -> Result<()> {
        self.write(move |tx| {
            Ok(tx.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?)
        })
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.0.core.shared.folder
    }

    pub(crate) fn submit<T, E, F>(&self, lane: Lane, work: F) -> Pending<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.0.core.writer.submit(lane, work)
    }

    pub(crate) fn projector_feed(&self, fresh: Vec<Dirty>, changes: u32) {
        if let Some(projector) = &self.0.projector {
            projector.feed(fresh, changes);
        }
    }

    pub(crate) fn blobs(&self) -> &BlobFolder {
        &self.0.blobs
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.core.shared
    }

    /// Copies the whole log back and cuts it to nothing. Somebody who reads for long keeps that from happening; then the
    /// close of the database does it, or the next call.
    pub(crate) fn truncate_log(&self) -> Result<()> {
        let shared = self.shared();
        let connection =
            connection::open(&shared.database, &shared.key, Role::Checkpointer, &shared.options)?;
        let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy {
            tracing::warn!("the log could not be cut: something reads; it is when the program ends");
        }
        Ok(())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder()).finish_non_exhaustive()
    }
}

/// A clean end copies the log back and removes it.
fn has_log(database: &Path) -> bool {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).is_ok_and(|meta| meta.len() > 0)
}

/// What a new database starts with, and read models of this version.
fn initialise(connection: &rusqlite::Connection, shared: &Shared) -> Result<()> {
    let tx = WriteTx::new(connection, shared);
    if tx.meta(INSTANCE)?.is_some() && tx.read_models_are_current()? {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    if tx.meta(INSTANCE)?.is_none() {
        let mut instance = shared.draw::<8>()?;
        // Even: an odd instance was drawn at a restore.
        instance[7] &= !1;
        tx.set_meta(INSTANCE, &instance)?;
        tx.set_meta_u64(CREATED_MS, shared.now_ms())?;
    }
    tx.ensure_read_models()?;
    connection.execute_batch("COMMIT")?;
    Ok(())
}
