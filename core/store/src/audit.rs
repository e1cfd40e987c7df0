//! Who did what with which record: rows chained by hashes, so that a gap or an edit shows.

use posto_domain::Kind;
use posto_domain::id::{DocumentId, UserId};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::transaction::{ReadTx, WriteTx};

pub use posto_domain::hlc::Hlc;

/// Something that must be answered for. Names and values of records never stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub who: UserId,
    /// The role it was done under.
    pub role: Option<String>,
    /// The machine it was done at.
    pub desk: Option<String>,
    /// `patient.read`, `session.begin`, `patient.export` …
    pub action: String,
    /// The record it was done with.
    pub record: Option<DocumentId>,
    pub kind: Option<Kind>,
    /// The reason given, where one is asked for.
    pub why: Option<String>,
    /// `ok`, `refused`, or an error code.
    pub outcome: String,
    /// What else belongs to it: paths of changed fields, numbers of results.
    pub detail: Option<String>,
    pub hlc: Hlc,
}

/// An entry in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Gapless from 1.
    pub seq: u64,
    /// The node's clock, Unix milliseconds.
    pub wall_ms: u64,
    pub entry: AuditEntry,
    /// SHA-256 over the hash before and everything above.
    pub hash: [u8; 32],
}

/// What is wrong with the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditFault {
    /// Rows between these two are missing.
    Gap { after: u64, before: u64 },
    /// The row is not what was written.
    Edited { seq: u64 },
    /// The row's hash was signed and is another now, or the signature is not the node's.
    BadSignature { seq: u64 },
    /// A row that was signed is gone from the end.
    Truncated { signed: u64 },
}

/// The answer of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditReport {
    pub rows: u64,
    pub signatures: u64,
    /// Sequence and hash of the newest row.
    pub head: Option<(u64, [u8; 32])>,
    pub faults: Vec<AuditFault>,
}

/// What the first row is chained to.
const ROOT: [u8; 32] = [0; 32];

const COLUMNS: &str =
    "seq, wall_ms, hlc_ms, hlc_counter, who, role, desk, action, record, kind, why, outcome, detail, hash";

impl WriteTx<'_> {
    /// Appends an entry and answers its sequence.
    ///
    /// # Errors
    /// Of the database.
    pub fn audit(&self, entry: &AuditEntry) -> Result<u64> {
        let (last, before) = self.audit_head()?.unwrap_or((0, ROOT));
        let (seq, wall_ms) = (last + 1, self.shared.now_ms());
        let hash = link(&before, seq, wall_ms, entry);
        self.statement(
            "INSERT INTO audit (seq, wall_ms, hlc_ms, hlc_counter, who, role, desk, action, record, kind, why,
                 outcome, detail, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            seq as i64,
            wall_ms as i64,
            entry.hlc.ms,
            entry.hlc.counter,
            entry.who.to_bytes(),
            entry.role,
            entry.desk,
            entry.action,
            entry.record.map(DocumentId::to_bytes),
            entry.kind.map(Kind::code),
            entry.why,
            entry.outcome,
            entry.detail,
            hash,
        ])?;
        Ok(seq)
    }

    /// Keeps the node's signature over the hash of the row `seq`.
    ///
    /// # Errors
    /// Of the database.
    pub fn sign_audit(&self, seq: u64, hash: &[u8; 32], signature: &[u8]) -> Result<()> {
        self.statement(
            "INSERT OR REPLACE INTO audit_signature (seq, hash, signature, at_ms) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![seq as i64, hash, signature, self.shared.now_ms() as i64])?;
        Ok(())
    }
}

impl ReadTx<'_> {
    /// Sequence and hash of the newest row: what is signed at each sync.
    ///
    /// # Errors
    /// Of the database.
    pub fn audit_head(&self) -> Result<Option<(u64, [u8; 32])>> {
        let mut statement = self.statement("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
        Ok(statement.query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))).optional()?)
    }

    /// The newest rows before `before`, newest first; of one record where one is given.
    ///
    /// # Errors
    /// Of the database.
    pub fn audit_rows(
        &self,
        record: Option<DocumentId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditRow>> {
        let before = before.map_or(i64::MAX, |before| before as i64);
        let rows = match record {
            Some(record) => self
                .statement(&format!(
                    "SELECT {COLUMNS} FROM audit INDEXED BY audit_record
                     WHERE record = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
                ))?
                .query_map(params![record.to_bytes(), before, limit as i64], read_row)?
                .collect::<Result<Vec<_>, _>>()?,
            None => self
                .statement(&format!("SELECT {COLUMNS} FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2"))?
                .query_map(params![before, limit as i64], read_row)?
                .collect::<Result<Vec<_>, _>>()?,
        };
        Ok(rows)
    }

    /// The newest rows of one person before `before`, newest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn audit_rows_of(&self, who: UserId, before: Option<u64>, limit: usize) -> Result<Vec<AuditRow>> {
        let before = before.map_or(i64::MAX, |before| before as i64);
        let mut statement = self.statement(&format!(
            "SELECT {COLUMNS} FROM audit INDEXED BY audit_who WHERE who = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
        ))?;
        let rows = statement.query_map(params![who.to_bytes(), before, limit as i64], read_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Computes the whole chain again. `is_ours` says whether a signature over a hash is this
    /// node's.
    ///
    /// # Errors
    /// Of the database.
    pub fn verify_audit(&self, is_ours: impl Fn(&[u8; 32], &[u8]) -> bool) -> Result<AuditReport> {
        let mut report = AuditReport::default();
        let (mut last, mut before) = (0, ROOT);
        let mut statement = self.statement(&format!("SELECT {COLUMNS} FROM audit ORDER BY seq"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let row = read_row(row)?;
            if row.seq != last + 1 {
                report.faults.push(AuditFault::Gap { after: last, before: row.seq });
            } else if link(&before, row.seq, row.wall_ms, &row.entry) != row.hash {
                report.faults.push(AuditFault::Edited { seq: row.seq });
            }
            // Go on from what is stored, so that one edit is one fault.
            (last, before) = (row.seq, row.hash);
            report.rows += 1;
        }
        report.head = (last > 0).then_some((last, before));
        self.verify_signatures(&is_ours, &mut report)?;
        Ok(report)
    }

    fn verify_signatures(
        &self,
        is_ours: &impl Fn(&[u8; 32], &[u8]) -> bool,
        report: &mut AuditReport,
    ) -> Result<()> {
        let mut statement = self.statement(
            "SELECT s.seq, s.hash, s.signature, a.hash FROM audit_signature s LEFT JOIN audit a ON a.seq = s.seq
             ORDER BY s.seq",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (seq, signed) = (row.get::<_, i64>(0)? as u64, row.get(1)?);
            let (signature, held): (Vec<u8>, Option<[u8; 32]>) = (row.get(2)?, row.get(3)?);
            report.signatures += 1;
            match held {
                None => report.faults.push(AuditFault::Truncated { signed: seq }),
                Some(held) if held != signed || !is_ours(&signed, &signature) => {
                    report.faults.push(AuditFault::BadSignature { seq });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        seq: row.get::<_, i64>(0)? as u64,
        wall_ms: row.get::<_, i64>(1)? as u64,
        entry: AuditEntry {
            hlc: Hlc { ms: row.get(2)?, counter: row.get(3)? },
            who: UserId::from_bytes(row.get(4)?),
            role: row.get(5)?,
            desk: row.get(6)?,
            action: row.get(7)?,
            record: row.get::<_, Option<[u8; 16]>>(8)?.map(DocumentId::from_bytes),
            kind: row.get::<_, Option<u16>>(9)?.map(Kind::from_code),
            why: row.get(10)?,
            outcome: row.get(11)?,
            detail: row.get(12)?,
        },
        hash: row.get(13)?,
    })
}

/// The hash of a row. Every field goes in with its length, so that no two rows read alike.
fn link(before: &[u8; 32], seq: u64, wall_ms: u64, entry: &AuditEntry) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"posto-audit/1");
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(wall_ms.to_be_bytes());
    hash.update(entry.hlc.ms.to_be_bytes());
    hash.update(entry.hlc.counter.to_be_bytes());
    hash.update(entry.who.to_bytes());
    let mut field = |bytes: Option<&[u8]>| {
        hash.update(bytes.map_or(u64::MAX, |bytes| bytes.len() as u64).to_be_bytes());
        hash.update(bytes.unwrap_or_default());
    };
    field(entry.role.as_deref().map(str::as_bytes));
    field(entry.desk.as_deref().map(str::as_bytes));
    field(Some(entry.action.as_bytes()));
    field(entry.record.map(DocumentId::to_bytes).as_ref().map(|id| &id[..]));
    field(entry.kind.map(|kind| kind.code().to_be_bytes()).as_ref().map(|code| &code[..]));
    field(entry.why.as_deref().map(str::as_bytes));
    field(Some(entry.outcome.as_bytes()));
    field(entry.detail.as_deref().map(str::as_bytes));
    hash.finalize().into()
}
