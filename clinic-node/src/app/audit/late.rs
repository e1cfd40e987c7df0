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
            Ok(()) => Ok(()),
            Err(posto_store::Error::DiskFull) => Ok(self.keep(rows.to_vec())?),
            Err(error) => {
                // What was asked for is refused. What was answered before still waits.
                self.put_back(&rows[..rows.len() - 1]);
                Err(error.into())
            }
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
            drop(late);
            // All but the newest waited before.
            self.put_back(&rows[..rows.len() - 1]);
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

    fn put_back(&self, rows: &[AuditEntry]) {
        self.late_rows.0.lock().splice(0..0, rows.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use posto_api::ErrorCode;

    use super::super::Access;
    use super::*;
    use crate::app::testing::{open, patient};
    use crate::app::{AppError, Caller};

    fn waiting(app: &App) -> usize {
        app.late_rows.0.lock().len()
    }

    /// How many rows of the trail say that somebody did this.
    fn in_trail(app: &App, action: &str) -> usize {
        let rows = app.store.read(|r| r.audit_rows(None, None, 2 * ROWS_MAX)).unwrap();
        rows.iter().filter(|row| row.entry.action == action).count()
    }

    #[test]
    fn what_can_no_longer_be_audited_is_not_shown_and_nothing_that_was_shown_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path());
        let operator = Caller::operator(&app);
        let patient = patient(&app);
        let read = || app.read_patient(&operator, patient, None);
        // The database may not grow any more; what room there is within it is soon used.
        app.store.limit_size_for_test(1).unwrap();
        let mut shown = 0;
        while waiting(&app) == 0 {
            read().unwrap();
            shown += 1;
        }
        let other = app.audit_entry(Access::of(&operator, "patient.find", None));
        app.late_rows.0.lock().resize(ROWS_MAX - 1, other);
        read().unwrap();
        shown += 1;
        assert_eq!(waiting(&app), ROWS_MAX);

        for _ in 0..3 {
            let refused = read().map(|_| ()).map_err(|error: AppError| error.code());
            assert_eq!(refused, Err(ErrorCode::StorageUnavailable), "a read that leaves no trace");
        }
        assert_eq!(waiting(&app), ROWS_MAX, "those that were shown still wait, and no others");

        app.store.limit_size_for_test(1 << 20).unwrap();
        read().unwrap();
        shown += 1;
        assert_eq!((waiting(&app), in_trail(&app, "patient.read")), (0, shown));
        assert_eq!(in_trail(&app, "patient.find"), ROWS_MAX - 2);
    }
}
