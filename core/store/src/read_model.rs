//! Read models: ordinary tables computed from documents, dropped and rebuilt at will.
//!
//! Each file declares its tables, computes its rows from a document's value (`fold`, pure, on any
//! thread) and writes them (on the writer thread). The tables carry one version together: when a
//! fold changes, raising [`VERSION`] makes the next start rebuild them.

mod attachment;
mod chart;
mod conflict;
mod directory;
mod duplicates;
mod external_id;
mod patient;
mod patient_search;
mod people;
mod rebuild;
mod record;
pub(crate) mod vocabulary;

use posto_documents::Document;
use posto_domain::Kind;
use serde_json::Value;

use crate::error::Result;
use crate::transaction::WriteTx;

pub use chart::{TimelineEntry, TimelinePosition};
pub use conflict::{CompetingValue, FieldConflict};
pub use patient::PatientRow;
pub use patient_search::{FoundPatients, PatientQuery};

/// Version of all read models together.
pub(crate) const VERSION: u64 = 2;

/// The tables, in files' order.
const TABLES: &[&str] =
    &[patient::TABLES, chart::TABLES, conflict::TABLES, external_id::TABLES, record::TABLES];

/// Everything the read models hold of one document.
#[derive(Debug)]
pub struct Projection {
    rows: Rows,
    conflicts: Vec<conflict::ConflictRow>,
    external_ids: Vec<i64>,
}

/// Whether a document has rows already. Ten thousand first changes are spared the looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// It was never projected.
    Nothing,
    /// It may have been.
    Unknown,
}

#[derive(Debug)]
enum Rows {
    Patient(Box<patient::Rows>),
    Chart(Vec<chart::Row>),
    Record(record::Row),
    None,
}

impl Projection {
    /// Computes the rows of a document.
    ///
    /// # Errors
    /// [`crate::Error::Document`] when the document cannot be read. A document whose content does
    /// not fit its kind's record has no rows, which is no error.
    pub fn of(document: &Document) -> Result<Self> {
        let conflicts = conflict::fold(document)?;
        let mut projection = Self::of_value(document.kind(), document.value()?);
        projection.conflicts = conflicts;
        Ok(projection)
    }

    /// The same for the content of a document in which nothing competes.
    pub(crate) fn of_value(kind: Kind, value: Value) -> Self {
        let external_ids = external_id::fold(kind, &value);
        let rows = match kind {
            Kind::Patient => patient::fold(value).map_or(Rows::None, |rows| Rows::Patient(Box::new(rows))),
            Kind::Chart => chart::fold(value).map_or(Rows::None, Rows::Chart),
            Kind::Unknown(_) => Rows::None,
            _ => record::fold(kind, value).map_or(Rows::None, Rows::Record),
        };
        Self { rows, conflicts: Vec::new(), external_ids }
    }
}

impl WriteTx<'_> {
    /// Makes the read models say what the projection says about the document.
    pub(crate) fn apply_projection(
        &self,
        document: i64,
        projection: &Projection,
        before: Before,
    ) -> Result<()> {
        if before == Before::Unknown {
            self.remove_conflicts(document)?;
        }
        match &projection.rows {
            Rows::Patient(rows) => self.put_patient(document, rows, before)?,
            Rows::Chart(rows) => self.put_chart(document, rows, before)?,
            Rows::Record(row) => self.put_record(document, row)?,
            Rows::None => self.remove_rows(document)?,
        }
        self.put_conflicts(document, &projection.conflicts)?;
        self.put_external_ids(document, &projection.external_ids, before)
    }

    /// Removes all rows of a document.
    pub(crate) fn remove_projection(&self, document: i64) -> Result<()> {
        self.remove_rows(document)?;
        self.remove_conflicts(document)?;
        self.remove_external_ids(document)
    }

    fn remove_rows(&self, document: i64) -> Result<()> {
        self.remove_patient(document)?;
        self.remove_chart(document)?;
        self.remove_record(document)
    }

    /// Notes that a document's rows are behind its changes.
    pub(crate) fn mark_dirty(&self, document: i64) -> Result<()> {
        self.statement("INSERT OR IGNORE INTO dirty (document) VALUES (?1)")?.execute([document])?;
        Ok(())
    }
}
