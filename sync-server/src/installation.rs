//! Making and opening an installation: the data folder with its authority, database and first administrator.

use std::sync::Arc;

use posto_domain::role_grant::Role;
use posto_domain::{IdGenerator, UserId};
use posto_net::{CaFingerprint, CertificateAuthority, NetError};

use crate::clock::Clock;
use crate::data_folder::{DataFolder, DataFolderError};
use crate::desk::Desk;
use crate::directory::{Directory, DirectoryError, hashed};
use crate::random::{self, NoEntropy};
use crate::revocation::Revocations;
use crate::storage::table::admin_user::{self, AdminUserRow};
use crate::storage::table::audit::{self, Entry};
use crate::storage::table::installation;
use crate::storage::{Db, DbError, DbOptions, Tx};

/// Why an installation could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    #[error("the database could not be used")]
    Db(#[from] DbError),
    #[error("the certificate authority could not be used")]
    Authority(#[from] NetError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error("nodes and people could not be revoked again")]
    Revocations(#[source] DirectoryError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// An opened installation: what the command line and the running server both work with.
pub(crate) struct Installation {
    pub folder: DataFolder,
    pub db: Db,
    pub directory: Arc<Directory>,
    pub desk: Arc<Desk>,
    pub clock: Clock,
}

/// What `init` made.
pub(crate) struct Initialised {
    pub authority: CaFingerprint,
    pub admin_email: String,
    /// The first administrator's password, when it was drawn and must be shown.
    pub drawn_password: Option<String>,
}

/// Makes an installation in an empty folder. The database goes last: a folder that has one is complete.
pub(crate) fn init(
    folder: &DataFolder,
    admin_email: &str,
    password: Option<String>,
    clock: &Clock,
) -> Result<Initialised, InstallationError> {
    let email = admin_email.trim().to_lowercase();
    let drawn = match &password {
        Some(_) => None,
        None => Some(random::password()?),
    };
    let password_hash = hashed(password.as_deref().or(drawn.as_deref()).unwrap_or_default(), &[&email])?;
    folder.create()?;
    let authority = CertificateAuthority::create(clock.now_s())?;
    authority.save(&folder.authority())?;
    let db = Db::open(&folder.database_in_making(), DbOptions { create: true })?;
    let now_ms = clock.now_ms();
    let id: UserId = IdGenerator::new(random::bytes()?).draw(now_ms.max(0).cast_unsigned());
    let server_id = random::bytes::<16>()?;
    let first = AdminUserRow {
        id,
        email: email.clone(),
        name: "Administrator".into(),
        role: Role::SuperAdmin.as_str().to_owned(),
        clinic: None,
        password_hash,
        created_at_ms: now_ms,
        disabled_at_ms: None,
        tries: Default::default(),
    };
    db.write_blocking::<_, DbError, _>(move |tx| {
        installation::set(tx, installation::SERVER_ID, &server_id)?;
        admin_user::insert(tx, &first)?;
        let resource = format!("user/{}", first.id);
        audit::append(
            tx,
            &Entry {
                at_ms: now_ms,
                actor: "operator",
                action: "installation.create",
                resource: &resource,
                outcome: "done",
                correlation: "",
            },
        )
    })?;
    // Closed, it is one file without a log beside it.
    drop(db);
    folder.complete()?;
    Ok(Initialised { authority: authority.fingerprint(), admin_email: email, drawn_password: drawn })
}

impl Installation {
    /// Opens what `init` made. Nodes that a restored database let in again are revoked before anything else.
    pub(crate) fn open(folder: DataFolder, clock: Clock) -> Result<Self, InstallationError> {
        let opened = Self::open_as_it_is(folder, clock)?;
        let again = Revocations::of(&opened.folder)
            .apply(&opened.db, &opened.directory)
            .map_err(InstallationError::Revocations)?;
        if again != Default::default() {
            tracing::warn!(
                nodes = again.nodes,
                people = again.people,
                "revoked again what a restored database let in"
            );
        }
        Ok(opened)
    }

    /// Opens what `init` made and changes nothing: for a look at it.
    pub(crate) fn open_as_it_is(folder: DataFolder, clock: Clock) -> Result<Self, InstallationError> {
        folder.require()?;
        let authority = CertificateAuthority::load(&folder.authority())?;
        let db = Db::open(&folder.database(), DbOptions { create: false })?;
        let directory = Arc::new(Directory::open(&db, clock.clone())?);
        let desk =
            Desk { db: db.clone(), authority, directory: Arc::clone(&directory), clock: clock.clone() };
        Ok(Self { folder, db, directory, desk: Arc::new(desk), clock })
    }

    /// Writes as the person at the command line: what `work` does and the audit row of it, in one transaction.
    /// `work` answers its result and the resource it touched.
    pub(crate) fn write_as_operator<T, F>(&self, action: &'static str, work: F) -> Result<T, DirectoryError>
    where
        F: FnOnce(&Tx<'_>) -> Result<(T, String), DirectoryError> + Send + 'static,
        T: Send + 'static,
    {
        let at_ms = self.clock.now_ms();
        self.db.write_blocking(move |tx| {
            let (result, resource) = work(tx)?;
            let (actor, outcome, correlation) = ("operator", "done", "");
            audit::append(tx, &Entry { at_ms, actor, action, resource: &resource, outcome, correlation })?;
            Ok(result)
        })
    }
}
