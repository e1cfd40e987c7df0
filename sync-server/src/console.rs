//! What administrators do at the console: use cases, each authorised, each leaving its audit row.

mod clinics;
mod fleet;
mod people;
mod sessions;
mod trail;

use std::sync::Arc;

use posto_api::{ErrorCode, FieldProblem};
use posto_domain::policy::{Action, Actor, HeldRole, Policies, PolicyError, Resource};
use posto_domain::role_grant::Role;
use posto_domain::{ClinicId, UserId};
use tokio::sync::Notify;

use crate::directory::DirectoryError;
use crate::health::Health;
use crate::hub::Hub;
use crate::installation::Installation;
use crate::projector;
use crate::storage::table::audit::{self, Entry};
use crate::storage::table::{blob, document_fault, installation as installation_table, scope};
use crate::storage::{DbError, Tx};

pub(crate) use sessions::OpenSession;
pub(crate) use trail::PAGE_ROWS as AUDIT_PAGE_ROWS;

/// The use cases and what they work with.
pub(crate) struct Console {
    pub installation: Installation,
    pub hub: Arc<Hub>,
    pub health: Arc<Health>,
    policies: Policies,
    /// Makes the watcher look at once: what was written here concerns running sessions.
    nudge: Arc<Notify>,
    sessions: sessions::Cache,
    /// In which minute a person's reading of the people was last noted.
    reads: parking_lot::Mutex<std::collections::HashMap<UserId, i64>>,
}

/// Who asks, in which request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub actor: Actor,
    pub correlation: String,
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConsoleError {
    #[error("refused: {0}")]
    Refused(ErrorCode),
    #[error("a field breaks a rule")]
    Invalid(Vec<FieldProblem>),
    #[error("too many wrong tries")]
    LockedOut { retry_after_s: u64 },
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("the directory was not written")]
    Directory(#[source] DirectoryError),
    #[error(transparent)]
    Entropy(#[from] crate::random::NoEntropy),
    #[error("a thread ended early")]
    Thread,
}

impl ConsoleError {
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(code) => *code,
            Self::Invalid(_) => ErrorCode::ValidationFailed,
            Self::LockedOut { .. } => ErrorCode::LockedOut,
            // Nothing was saved, and again it may be. On a full disk all but one of a commit group hear of the group only.
            Self::Db(error) | Self::Directory(DirectoryError::Db(error))
                if error.is_disk_full() || error.is_passing() =>
            {
                ErrorCode::StorageUnavailable
            }
            Self::Directory(DirectoryError::Ledger(error)) if error.is_disk_full() => {
                ErrorCode::StorageUnavailable
            }
            _ => ErrorCode::Internal,
        }
    }

    /// One field that breaks a rule.
    pub(crate) fn field(path: &str, rule: &str) -> Self {
        Self::Invalid(vec![FieldProblem { path: path.to_owned(), rule: rule.to_owned() }])
    }
}

impl From<DirectoryError> for ConsoleError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Missing(_) => Self::Refused(ErrorCode::NotFound),
            DirectoryError::Rule { field, rule } => Self::field(field, rule),
            other => Self::Directory(other),
        }
    }
}

impl Console {
    /// The use cases of this installation.
    ///
    /// # Errors
    /// When the policy files cannot be used.
    pub(crate) fn new(
        installation: Installation,
        hub: Arc<Hub>,
        health: Arc<Health>,
        nudge: Arc<Notify>,
    ) -> Result<Self, PolicyError> {
        let policies = Policies::builtin()?;
        Ok(Self {
            installation,
            hub,
            health,
            policies,
            nudge,
            sessions: sessions::Cache::default(),
            reads: Default::default(),
        })
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.installation.clock.now_ms()
    }

    /// Fails when the database does not answer.
    pub(crate) fn check_database(&self) -> Result<(), ConsoleError> {
        self.installation.db.read_blocking::<_, DbError, _>(|tx| {
            installation_table::get(tx, installation_table::SERVER_ID)
        })?;
        Ok(())
    }

    /// Brings the gauges that nobody sets in passing up to date.
    pub(crate) fn publish_figures(&self) -> Result<(), ConsoleError> {
        let (scopes, faults, blobs) = self.installation.db.read_blocking::<_, DbError, _>(|tx| {
            Ok((scope::list(tx)?, document_fault::count(tx)?, blob::totals(tx)?))
        })?;
        let (_, lag) = projector::lag(&scopes);
        metrics::gauge!("posto_nodes_connected").set(self.hub.registry.connected().len() as f64);
        metrics::gauge!("posto_changes").set(scopes.iter().map(|scope| scope.count).sum::<u64>() as f64);
        metrics::gauge!("posto_projector_lag_changes").set(lag as f64);
        metrics::gauge!("posto_documents_in_quarantine").set(faults as f64);
        metrics::gauge!("posto_attachment_bytes").set(blobs.1 as f64);
        metrics::gauge!("posto_database_bytes").set(self.installation.db.disk_bytes() as f64);
        Ok(())
    }

    fn allows(&self, caller: &Caller, action: Action, resource: &Resource) -> bool {
        self.policies.authorize(&caller.actor, action, resource).is_allowed()
    }

    /// Goes on only when the policies allow it; a refusal leaves an audit row.
    fn authorise(&self, caller: &Caller, action: Action, resource: &Resource) -> Result<(), ConsoleError> {
        if self.allows(caller, action, resource) {
            return Ok(());
        }
        let name = format!("{}.{}", resource.kind.name().to_lowercase(), action.name());
        self.note(caller, &name, &resource_name(resource), "refused")?;
        Err(ConsoleError::Refused(ErrorCode::Forbidden))
    }

    /// Writes an audit row of its own, for what changes nothing else.
    fn note(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        outcome: &'static str,
    ) -> Result<(), ConsoleError> {
        let (at_ms, actor) = (self.now_ms(), caller.actor.user.to_string());
        let (action, resource, correlation) =
            (action.to_owned(), resource.to_owned(), caller.correlation.clone());
        self.installation.db.write_blocking::<_, DbError, _>(move |tx| {
            let entry = Entry {
                at_ms,
                actor: &actor,
                action: &action,
                resource: &resource,
                outcome,
                correlation: &correlation,
            };
            audit::append(tx, &entry)
        })?;
        Ok(())
    }

    /// Does `work` and writes its audit row in one transaction. `work` answers its result and what it touched.
    fn write<T, F>(&self, caller: &Caller, action: &'static str, work: F) -> Result<T, ConsoleError>
    where
        F: FnOnce(&Tx<'_>) -> Result<(T, String), ConsoleError> + Send + 'static,
        T: Send + 'static,
    {
        let (at_ms, actor, correlation) =
            (self.now_ms(), caller.actor.user.to_string(), caller.correlation.clone());
        let result = self.installation.db.write_blocking(move |tx| {
            let (result, resource) = work(tx)?;
            let entry = Entry {
                at_ms,
                actor: &actor,
                action,
                resource: &resource,
                outcome: "done",
                correlation: &correlation,
            };
            audit::append(tx, &entry)?;
            Ok::<_, ConsoleError>(result)
        })?;
        self.nudge.notify_one();
        self.health.touch();
        Ok(result)
    }
}

/// What an audit row says of a resource: its kind and its clinic.
fn resource_name(resource: &Resource) -> String {
    let kind = resource.kind.name().to_lowercase();
    resource.clinic.map_or_else(|| kind.clone(), |clinic| format!("{kind} of clinic/{clinic}"))
}

/// A console user as the policies see one.
fn actor(user: UserId, role: &str, clinic: Option<ClinicId>) -> Actor {
    let role = Role::KNOWN.iter().find(|known| known.as_str() == role).cloned();
    let held = role.map(|role| HeldRole { role, clinic, location: None });
    Actor::new(user, held.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_try_may_save_is_no_fault_of_the_program() {
        let full = || DbError::File(std::io::ErrorKind::StorageFull.into());
        for error in [full(), DbError::Group] {
            assert_eq!(ConsoleError::Db(error).code(), ErrorCode::StorageUnavailable);
        }
        let directory = ConsoleError::Directory(DirectoryError::Db(full()));
        assert_eq!(directory.code(), ErrorCode::StorageUnavailable);
        assert_eq!(ConsoleError::Db(DbError::Panicked).code(), ErrorCode::Internal);
    }
}
