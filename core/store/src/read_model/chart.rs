//! A patient's clinical facts in order of time, from the chart documents of all years.

use posto_domain::chart::{Chart, ChartEntry};
use posto_domain::id::{DocumentId, EntryKey, PatientId};
use rusqlite::params;
use serde_json::Value;

use super::Before;
use crate::error::{Error, Result};
use crate::transaction::{ReadTx, WriteTx};

pub(super) const TABLES: &str = "
    CREATE TABLE chart_entry (
        document INTEGER NOT NULL,
        entry    BLOB NOT NULL,
        patient  BLOB NOT NULL,
        at       TEXT NOT NULL,
        body     TEXT NOT NULL,
        PRIMARY KEY (document, entry)
    ) WITHOUT ROWID;
    CREATE INDEX chart_timeline ON chart_entry (patient, at, entry);
";

/// One fact of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    pub key: EntryKey,
    /// The chart document it stands in.
    pub chart: DocumentId,
    /// Without what an import kept verbatim; the chart document has that.
    pub entry: ChartEntry,
}

/// Where a page of a timeline ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePosition {
    pub at: String,
    pub key: EntryKey,
}

#[derive(Debug)]
pub(super) struct Row {
    entry: EntryKey,
    patient: PatientId,
    at: String,
    body: String,
}

pub(super) fn fold(value: Value) -> Option<Vec<Row>> {
    let chart: Chart = serde_json::from_value(value).ok()?;
    let mut rows = Vec::with_capacity(chart.entries.len());
    for (key, mut entry) in chart.entries {
        entry.foreign = None;
        let body = serde_json::to_string(&entry).ok()?;
        rows.push(Row { entry: key, patient: chart.patient, at: entry.at.unwrap_or_default(), body });
    }
    Some(rows)
}

impl ReadTx<'_> {
    /// A patient's facts, newest first, after `after`.
    ///
    /// # Errors
    /// Of the database.
    pub fn timeline(
        &self,
        patient: PatientId,
        after: Option<&TimelinePosition>,
        limit: usize,
    ) -> Result<Vec<TimelineEntry>> {
        let mut statement = self.statement(
            "SELECT c.entry, d.uid, c.body FROM chart_entry c INDEXED BY chart_timeline
             JOIN document d ON d.id = c.document
             WHERE c.patient = ?1 AND (c.at, c.entry) < (?2, ?3)
             ORDER BY c.at DESC, c.entry DESC LIMIT ?4",
        )?;
        let (at, key) =
            after.map_or(("\u{10FFFF}", [0xff; 16]), |after| (after.at.as_str(), after.key.to_bytes()));
        let mut rows = statement.query(params![patient.to_bytes(), at, key, limit as i64])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let body: String = row.get(2)?;
            entries.push(TimelineEntry {
                key: EntryKey::from_bytes(row.get(0)?),
                chart: DocumentId::from_bytes(row.get(1)?),
                entry: serde_json::from_str(&body).map_err(|_| Error::Unreadable("chart entry"))?,
            });
        }
        Ok(entries)
    }

    /// Chart documents of a patient, to find the one a new fact belongs to.
    ///
    /// # Errors
    /// Of the database.
    pub fn charts_of(&self, patient: PatientId) -> Result<Vec<DocumentId>> {
        let mut statement = self.statement(
            "SELECT DISTINCT d.uid FROM chart_entry c JOIN document d ON d.id = c.document
             WHERE c.patient = ?1 ORDER BY d.id",
        )?;
        let rows = statement.query_map([patient.to_bytes()], |row| row.get(0).map(DocumentId::from_bytes))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    pub(super) fn put_chart(&self, document: i64, rows: &[Row], before: Before) -> Result<()> {
        if before == Before::Unknown {
            self.remove_chart(document)?;
        }
        for row in rows {
            self.statement(
                "INSERT INTO chart_entry (document, entry, patient, at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                document,
                row.entry.to_bytes(),
                row.patient.to_bytes(),
                row.at,
                row.body
            ])?;
        }
        Ok(())
    }

    pub(super) fn remove_chart(&self, document: i64) -> Result<()> {
        self.statement("DELETE FROM chart_entry WHERE document = ?1")?.execute([document])?;
        Ok(())
    }
}
