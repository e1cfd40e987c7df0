//! Taking a node's right to connect and a person's right to sign in away, and the ledger that makes every restored
//! copy do so, too.
//!
//! Each is in the ledger file, durably, before its transaction is committed. A crash in between is finished the next
//! time the installation is opened, and so is a backup that was put back.

use std::path::PathBuf;
use std::sync::Arc;

use posto_domain::user::User;
use posto_domain::{ClinicId, Kind, NodeId, Scope, UserId};
use serde::{Deserialize, Serialize};

use crate::data_folder::DataFolder;
use crate::directory::{self, Directory, DirectoryError};
use crate::ledger::{self, LedgerError};
use crate::storage::table::audit::{self, Entry};
use crate::storage::table::{node, scope};
use crate::storage::{Db, DbError, Tx};

/// A node that may no longer connect. Ids only: why it was done stands in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Revocation {
    pub node: NodeId,
    pub decided_by: UserId,
    pub at_ms: i64,
}

/// A person of a clinic who may no longer sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deactivation {
    pub user: UserId,
    pub clinic: ClinicId,
    pub decided_by: UserId,
    pub at_ms: i64,
}

/// One line of the ledger file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Line {
    Node(Revocation),
    Person(Deactivation),
}

/// How much of a ledger was carried out again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Again {
    pub nodes: usize,
    pub people: usize,
}

/// The ledger of an installation.
#[derive(Debug, Clone)]
pub(crate) struct Revocations(PathBuf);

impl Revocations {
    /// The ledger of a data folder.
    pub(crate) fn of(folder: &DataFolder) -> Self {
        Self(folder.revocations())
    }

    pub(crate) fn read(&self) -> Result<Vec<Line>, LedgerError> {
        ledger::read(&self.0)
    }

    /// Revokes in the caller's transaction; false, and no line, when that was done before.
    pub(crate) fn revoke(
        &self,
        tx: &Tx<'_>,
        directory: &Directory,
        revocation: &Revocation,
        reason: Option<&str>,
    ) -> Result<bool, DirectoryError> {
        if !directory.revoke_node(tx, revocation, reason)? {
            return Ok(false);
        }
        ledger::append(&self.0, &[Line::Node(revocation.clone())])?;
        Ok(true)
    }

    /// Ends a person's access in the caller's transaction; false, and no line, when that was done before.
    pub(crate) fn deactivate(
        &self,
        tx: &Tx<'_>,
        directory: &Directory,
        deactivation: &Deactivation,
    ) -> Result<bool, DirectoryError> {
        if !directory.deactivate_user(tx, deactivation)? {
            return Ok(false);
        }
        ledger::append(&self.0, &[Line::Person(deactivation.clone())])?;
        Ok(true)
    }

    /// Carries out what the database does not know of: after a crash or a restore, and when a node brings people back
    /// whom a restored database had lost.
    pub(crate) fn apply(&self, db: &Db, directory: &Arc<Directory>) -> Result<Again, DirectoryError> {
        let lines = self.read()?;
        if db.read_blocking::<_, DirectoryError, _>(|tx| undone(tx, &lines))?.is_empty() {
            return Ok(Again::default());
        }
        let directory = Arc::clone(directory);
        db.write_blocking(move |tx| {
            let mut again = Again::default();
            for line in undone(tx, &lines)? {
                let (done, count) = match &line {
                    Line::Node(line) => (directory.revoke_node(tx, line, None)?, &mut again.nodes),
                    Line::Person(line) => (directory.deactivate_user(tx, line)?, &mut again.people),
                };
                if done {
                    *count += 1;
                    note(tx, &line, directory.now_ms())?;
                }
            }
            Ok(again)
        })
    }
}

/// Lines whose node may still connect, or whose person may still sign in. Of who is not here, there is nothing to
/// take away.
pub(crate) fn undone(tx: &Tx<'_>, lines: &[Line]) -> Result<Vec<Line>, DirectoryError> {
    let mut undone = Vec::new();
    for line in lines {
        let is_open = match line {
            Line::Node(line) => node::get(tx, line.node)?.is_some_and(|row| row.revoked_at_ms.is_none()),
            Line::Person(line) => is_active(tx, line)?,
        };
        if is_open {
            undone.push(line.clone());
        }
    }
    Ok(undone)
}

fn is_active(tx: &Tx<'_>, line: &Deactivation) -> Result<bool, DirectoryError> {
    let scope = Scope::Directory(line.clinic);
    if scope::by_name(tx, scope)?.is_none() {
        return Ok(false);
    }
    match directory::load(tx, scope, line.user.cast(), Kind::User) {
        Ok(Some(found)) => Ok(found.record::<User>().is_ok_and(|user| !user.inactive)),
        // Nobody signs in by an account that does not open.
        Ok(None) | Err(DirectoryError::Document(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn note(tx: &Tx<'_>, line: &Line, at_ms: i64) -> Result<(), DbError> {
    let (action, resource) = match line {
        Line::Node(line) => ("node.revoke_again", format!("node/{}", line.node)),
        Line::Person(line) => ("user.deactivate_again", format!("user/{}", line.user)),
    };
    let entry =
        Entry { at_ms, actor: "system", action, resource: &resource, outcome: "done", correlation: "" };
    audit::append(tx, &entry)
}

#[cfg(test)]
mod tests;
