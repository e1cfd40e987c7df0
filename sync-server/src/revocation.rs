//! Taking a node's right to connect away, and the ledger that makes every restored copy do so, too.
//!
//! A revocation is in the ledger file, durably, before its transaction is committed. A crash in between is
//! finished the next time the installation is opened, and so is a backup that was put back.

use std::path::PathBuf;
use std::sync::Arc;

use posto_domain::{NodeId, UserId};
use serde::{Deserialize, Serialize};

use crate::data_folder::DataFolder;
use crate::directory::{Directory, DirectoryError};
use crate::ledger::{self, LedgerError};
use crate::storage::table::audit::{self, Entry};
use crate::storage::table::node;
use crate::storage::{Db, DbError, Tx};

/// One line of the ledger file. Ids only: why it was done stands in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Revocation {
    pub node: NodeId,
    pub decided_by: UserId,
    pub at_ms: i64,
}

/// The ledger of an installation.
#[derive(Debug, Clone)]
pub(crate) struct Revocations(PathBuf);

impl Revocations {
    /// The ledger of a data folder.
    pub(crate) fn of(folder: &DataFolder) -> Self {
        Self(folder.revocations())
    }

    pub(crate) fn read(&self) -> Result<Vec<Revocation>, LedgerError> {
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
        ledger::append(&self.0, std::slice::from_ref(revocation))?;
        Ok(true)
    }

    /// Carries out what the database does not know of: after a crash or a restore.
    pub(crate) fn apply(&self, db: &Db, directory: &Arc<Directory>) -> Result<usize, DirectoryError> {
        let lines = self.read()?;
        if db.read_blocking::<_, DbError, _>(|tx| undone(tx, &lines))?.is_empty() {
            return Ok(0);
        }
        let directory = Arc::clone(directory);
        db.write_blocking(move |tx| {
            let mut again = 0;
            for line in undone(tx, &lines)? {
                if directory.revoke_node(tx, &line, None)? {
                    note(tx, &line, directory.now_ms())?;
                    again += 1;
                }
            }
            Ok(again)
        })
    }
}

/// Lines whose node may still connect. Of a node that is not here, there is nothing to revoke.
pub(crate) fn undone(tx: &Tx<'_>, lines: &[Revocation]) -> Result<Vec<Revocation>, DbError> {
    let mut undone = Vec::new();
    for line in lines {
        if node::get(tx, line.node)?.is_some_and(|row| row.revoked_at_ms.is_none()) {
            undone.push(line.clone());
        }
    }
    Ok(undone)
}

fn note(tx: &Tx<'_>, line: &Revocation, at_ms: i64) -> Result<(), DbError> {
    let entry = Entry {
        at_ms,
        actor: "system",
        action: "node.revoke_again",
        resource: &format!("node/{}", line.node),
        outcome: "done",
        correlation: "",
    };
    audit::append(tx, &entry)
}

#[cfg(test)]
mod tests;
