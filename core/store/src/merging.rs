//! Merging the segments of the word index while nobody waits for the writer.
//!
//! Each transaction that writes words leaves a segment, and the more there are the slower a search. FTS5 can merge them
//! within those transactions, but then somebody waits for it: up to 30 ms, every few hundred registrations.

use std::time::Duration;

use rusqlite::Connection;

use crate::error::Result;

/// Fewer segments of a size are left as they are (FTS5's `usermerge`).
const SEGMENTS_MIN: u32 = 4;

/// So many no longer wait for a pause: the next moment without work is good enough. FTS5 itself, where there is no such
/// moment, merges at 64 (`crisismerge`, `read_model/patient.rs`).
const SEGMENTS_MANY: u32 = 16;

/// A pause that nobody is likely to end within a step.
const PAUSE: Duration = Duration::from_millis(5);

/// Pages that a step writes: below a millisecond for whoever comes meanwhile.
const PAGES: i64 = 16;

/// What there is to merge.
pub(crate) struct Merging {
    /// Transactions that wrote words since all was merged.
    segments: u32,
    /// Earlier runs may have left some: a process that only syncs by timer writes few words and is gone.
    inherited: u32,
}

impl Merging {
    /// At the start of a process; until it writes words itself it merges nothing.
    pub(crate) fn unknown() -> Self {
        Self { segments: 0, inherited: SEGMENTS_MIN }
    }

    /// A transaction wrote words.
    pub(crate) fn note(&mut self) {
        self.segments = self.segments.saturating_add(1 + std::mem::take(&mut self.inherited));
    }

    /// How long nobody must want anything before the next step; `None` when there is nothing to do.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match self.segments {
            0..SEGMENTS_MIN => None,
            SEGMENTS_MIN..SEGMENTS_MANY => Some(PAUSE),
            _ => Some(Duration::ZERO),
        }
    }

    /// Merges a little, in a transaction of its own. What fails is left for later: segments are slow, not wrong.
    pub(crate) fn step(&mut self, connection: &Connection) {
        match merge(connection) {
            Ok(true) => {}
            Ok(false) => self.segments = 0,
            Err(error) => {
                tracing::debug!(%error, "the word index was not merged");
                self.segments = 0;
                if !connection.is_autocommit() {
                    drop(connection.execute_batch("ROLLBACK"));
                }
            }
        }
    }
}

/// True when there may be more.
fn merge(connection: &Connection) -> Result<bool> {
    let before = connection.total_changes();
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    connection
        .prepare_cached("INSERT INTO patient_words (patient_words, rank) VALUES ('merge', ?1)")?
        .execute([PAGES])?;
    connection.prepare_cached("COMMIT")?.execute([])?;
    // FTS5 says so: the command itself is one change, and each page that it wrote another.
    Ok(connection.total_changes() - before >= 2)
}
