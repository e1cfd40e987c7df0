//! Looking the whole database over: pages, counts, fingerprints, chain, attachments.

use std::sync::Arc;

use posto_sync::{ChangeHash, Fingerprint};
use rusqlite::Connection;

use crate::audit::AuditFault;
use crate::change::read_hash;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::transaction::ReadTx;

/// Something a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A page fails SQLCipher's authentication.
    DamagedPage { detail: String },
    /// SQLite's own check of the file's structure.
    Structure { detail: String },
    /// A scope's count or fingerprint is not that of its changes.
    ScopeState { scope: String },
    /// Documents that were set aside.
    Quarantined { count: u64 },
    /// Changes the server refused.
    Refused { count: u64 },
    /// Documents whose read-model rows are behind.
    Unprojected { count: u64 },
    /// The audit chain is broken.
    Audit { fault: AuditFault },
    /// Complete attachments whose file is gone.
    MissingBlobs { count: u64 },
}

/// What a look-over found, and how much it looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DoctorReport {
    pub findings: Vec<Finding>,
    pub documents: u64,
    pub changes: u64,
    pub audit_rows: u64,
    /// Size of the database file.
    pub bytes: u64,
}

impl DoctorReport {
    /// Whether the file itself is sound: what is left are things people decide.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| {
            matches!(
                finding,
                Finding::Quarantined { .. } | Finding::Refused { .. } | Finding::Unprojected { .. }
            )
        })
    }
}

impl Store {
    /// Checks everything that can be checked without the other side. Reads every page.
    ///
    /// # Errors
    /// Of the database, where it cannot even be read.
    pub fn doctor(&self) -> Result<DoctorReport> {
        let mut report = self.read(|r| r.look_over())?;
        let missing = self.missing_blob_files()?;
        if missing > 0 {
            report.findings.push(Finding::MissingBlobs { count: missing });
        }
        report.bytes = std::fs::metadata(&self.shared().database).map_or(0, |meta| meta.len());
        Ok(report)
    }
}

impl ReadTx<'_> {
    fn look_over(&self) -> Result<DoctorReport> {
        let mut report = DoctorReport::default();
        for detail in lines(self.connection, "PRAGMA cipher_integrity_check")? {
            report.findings.push(Finding::DamagedPage { detail });
        }
        for detail in
            lines(self.connection, "PRAGMA integrity_check(20)")?.into_iter().filter(|line| line != "ok")
        {
            report.findings.push(Finding::Structure { detail });
        }
        report.documents = self.count("SELECT count(*) FROM document")?;
        report.changes = self.count("SELECT count(*) FROM change")?;
        for (sql, finding) in [
            (
                "SELECT count(*) FROM quarantine",
                (|count| Finding::Quarantined { count }) as fn(u64) -> Finding,
            ),
            ("SELECT count(*) FROM refusal", |count| Finding::Refused { count }),
            ("SELECT count(*) FROM dirty", |count| Finding::Unprojected { count }),
        ] {
            let count = self.count(sql)?;
            if count > 0 {
                report.findings.push(finding(count));
            }
        }
        self.recount_scopes(&mut report)?;
        let audit = self.verify_audit(|_, _| true)?;
        report.audit_rows = audit.rows;
        report.findings.extend(audit.faults.into_iter().map(|fault| Finding::Audit { fault }));
        Ok(report)
    }

    fn recount_scopes(&self, report: &mut DoctorReport) -> Result<()> {
        let mut scopes = self.statement(
            "SELECT id, name, count, fingerprint, pending_count, pending_fingerprint FROM scope",
        )?;
        let mut rows = scopes.query([])?;
        while let Some(row) = rows.next()? {
            let mut count = (0, 0);
            let mut sum = (Fingerprint::EMPTY, Fingerprint::EMPTY);
            let scope: i64 = row.get(0)?;
            let mut statement =
                self.statement("SELECT hash8, hash24 FROM change WHERE scope = ?1 AND state < 2")?;
            let mut changes = statement.query([scope])?;
            while let Some(change) = changes.next()? {
                count.0 += 1;
                sum.0.add(&ChangeHash(read_hash(change, 0)?));
            }
            let mut statement = self.statement(
                "SELECT p.hash, c.hash24 IS substr(p.hash, 9) FROM pending p LEFT JOIN change c
                     ON c.local_seq = p.local_seq AND c.scope = p.scope AND c.state < 2
                 WHERE p.scope = ?1",
            )?;
            let mut waiting = statement.query([scope])?;
            let mut is_sound = true;
            while let Some(change) = waiting.next()? {
                is_sound &= change.get::<_, bool>(1)?;
                count.1 += 1;
                sum.1.add(&ChangeHash(change.get(0)?));
            }
            let stored = (row.get::<_, i64>(2)?, row.get(3)?, row.get::<_, i64>(4)?, row.get(5)?);
            if !is_sound || stored != (count.0, sum.0.to_bytes(), count.1, sum.1.to_bytes()) {
                report.findings.push(Finding::ScopeState { scope: row.get(1)? });
            }
        }
        Ok(())
    }

    fn count(&self, sql: &str) -> Result<u64> {
        Ok(self.statement(sql)?.query_row([], |row| row.get::<_, i64>(0))? as u64)
    }
}

fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The check after an unclean end: structure only, fast.
///
/// # Errors
/// [`Error::DamagedFile`].
pub(crate) fn quick_check(connection: &Connection) -> Result<()> {
    let found = lines(connection, "PRAGMA quick_check(1)")?;
    match found.first().map(String::as_str) {
        None | Some("ok") => Ok(()),
        Some(_) => {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            Err(Error::DamagedFile(Arc::new(rusqlite::Error::SqliteFailure(code, found.into_iter().next()))))
        }
    }
}
