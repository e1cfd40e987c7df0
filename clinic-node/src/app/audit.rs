//! The audit trail: who did what with which record, and whether it was allowed.

mod late;
mod list;
mod signature;

pub(crate) use late::LateRows;
pub use list::AuditFilter;

use posto_domain::{DocumentId, Kind, UserId};
use posto_store::{AuditEntry, Hlc};

use super::{App, AppResult, Caller};

/// How something that was asked for ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Refused,
}

/// One access on its way into the trail.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    who: UserId,
    role: String,
    desk: String,
    action: String,
    record: Option<(Kind, DocumentId)>,
    why: Option<String>,
    outcome: Outcome,
    detail: Option<String>,
}

impl Access {
    /// An access by a caller that went well so far.
    pub(crate) fn of(caller: &Caller, action: impl Into<String>, record: Option<(Kind, DocumentId)>) -> Self {
        Self {
            who: caller.user(),
            role: caller.roles(),
            desk: caller.desk.clone(),
            action: action.into(),
            record,
            why: None,
            outcome: Outcome::Ok,
            detail: None,
        }
    }

    pub(crate) fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// The reason that was given.
    pub(crate) fn why(self, reason: impl Into<String>) -> Self {
        Self { why: Some(reason.into()), ..self }
    }

    /// What else belongs to it: paths and counts, never values.
    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    fn entry(self, hlc: Hlc) -> AuditEntry {
        let outcome = match self.outcome {
            Outcome::Ok => "ok",
            Outcome::Refused => "refused",
        };
        AuditEntry {
            who: self.who,
            role: Some(self.role).filter(|role| !role.is_empty()),
            desk: Some(self.desk),
            action: self.action,
            record: self.record.map(|(_, id)| id),
            kind: self.record.map(|(kind, _)| kind),
            why: self.why,
            outcome: outcome.to_owned(),
            detail: self.detail,
            hlc,
        }
    }
}

impl App {
    /// The row of an access, to be written in the transaction of what was done.
    pub(crate) fn audit_entry(&self, access: Access) -> AuditEntry {
        access.entry(self.pen.reading())
    }

    /// Writes a row of its own, durably: for reads and refusals. On a full disk later.
    pub(crate) fn audit(&self, access: Access) -> AppResult<()> {
        self.audit_now_or_later(self.audit_entry(access))
    }
}

impl App {
    /// Writes a backup, and that somebody did.
    ///
    /// # Errors
    /// Of the store.
    pub fn backup(&self, out: &std::path::Path) -> AppResult<posto_store::BackupInfo> {
        let operator = Caller::operator(self);
        self.audit(Access::of(&operator, "node.backup", None))?;
        Ok(self.store.backup(out)?)
    }
}
