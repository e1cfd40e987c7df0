//! The server's audit trail at the console.

use posto_api::admin::AdminAuditRow;
use posto_domain::policy::{Action, Resource, ResourceKind};

use super::{Caller, Console, ConsoleError};
use crate::storage::DbError;
use crate::storage::table::audit;
use crate::time::utc;

/// Rows of one page.
pub(crate) const PAGE_ROWS: u32 = 100;

impl Console {
    /// One page of the trail, newest first; `before` is the last id of the page before.
    pub(crate) fn trail(
        &self,
        caller: &Caller,
        before: Option<i64>,
    ) -> Result<Vec<AdminAuditRow>, ConsoleError> {
        self.authorise(caller, Action::ReadLog, &Resource::of_system(ResourceKind::Audit))?;
        let before = before.unwrap_or(i64::MAX);
        let rows =
            self.installation.db.read_blocking::<_, DbError, _>(|tx| audit::page(tx, before, PAGE_ROWS))?;
        self.note(caller, "audit.read", "", "done")?;
        let shown = rows.into_iter().map(|row| AdminAuditRow {
            id: row.id,
            at: utc(row.at_ms),
            actor: row.actor,
            action: row.action,
            resource: row.resource,
            outcome: row.outcome,
            correlation_id: row.correlation,
        });
        Ok(shown.collect())
    }
}
