//! Audit rows for which the full disk had no room: kept in memory until it has.
//!
//! Every read leaves a row, so a full disk would keep people from seeing an allergy. It must not: the read is answered, its
//! row is in the log by its ids, and goes into the trail with the next one that can be written.

use std::sync::Arc;

use parking_lot::Mutex;
use posto_store::AuditEntry;

use crate::app::{App, AppResult};

/// Rows kept at most: more than a busy day. Then what cannot be audited is not shown any more.
const ROWS_MAX: usize = 20_000;

/// The rows that wait, oldest first.
#[derive(Debug, Default)]
pub(crate) struct LateRows(Mutex<Vec<AuditEntry>>);

impl App {
    /// Writes a row and those that wait. Without room for them it is kept, too.
    pub(super) fn audit_now_or_later(&self, entry: AuditEntry) -> AppResult<()> {
        let mut rows = std::mem::take(&mut *self.late_rows.0.lock());
        rows.push(entry);
        let rows = Arc::new(rows);
        match self.write_rows(rows.clone()) {
            Err(posto_store::Error::DiskFull) => Ok(self.keep(rows.to_vec())?),
            written => Ok(written?),
        }
    }

    /// Before the process ends: the last try to write what waits.
    pub(crate) fn write_late_rows(&self) {
        let rows = std::mem::take(&mut *self.late_rows.0.lock());
        let count = rows.len();
        if count > 0 && self.write_rows(Arc::new(rows)).is_err() {
            tracing::error!(count, "audit rows could not be written; the log has named them");
        }
    }

    fn write_rows(&self, rows: Arc<Vec<AuditEntry>>) -> posto_store::Result<()> {
        self.store.write(move |tx| rows.iter().try_for_each(|row| tx.audit(row).map(|_| ())))
    }

    fn keep(&self, rows: Vec<AuditEntry>) -> posto_store::Result<()> {
        let mut late = self.late_rows.0.lock();
        if rows.len() + late.len() > ROWS_MAX {
            // All but the newest waited before.
            let known = rows.len() - 1;
            late.splice(0..0, rows.into_iter().take(known));
            return Err(posto_store::Error::DiskFull);
        }
        if let Some(newest) = rows.last() {
            let record = newest.record.map(|id| id.to_string()).unwrap_or_default();
            tracing::warn!(
                who = %newest.who,
                action = newest.action,
                record,
                outcome = newest.outcome,
                "no room for an audit row: kept for later"
            );
        }
        late.splice(0..0, rows);
        Ok(())
    }
}
