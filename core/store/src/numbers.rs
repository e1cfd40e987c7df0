//! Record numbers reserved for this node. A number is drawn before the record is written and spent in the
//! transaction that writes it; records that found the supply empty wait here for theirs.

use posto_domain::id::DocumentId;
use posto_domain::record_number::{NumberRange, NumberSupply};

use crate::error::{Error, Result};
use crate::transaction::{ReadTx, WriteTx};

impl ReadTx<'_> {
    /// What is left of a series (`patient`).
    ///
    /// # Errors
    /// Of the database.
    pub fn number_supply(&self, series: &str) -> Result<NumberSupply> {
        match self.meta(&supply_key(series))? {
            None => Ok(NumberSupply::default()),
            Some(body) => serde_json::from_slice(&body).map_err(|_| Error::Unreadable("record numbers")),
        }
    }

    /// Records that wait for a number of this series, in the order of their ids; those behind `after`.
    ///
    /// # Errors
    /// Of the database.
    pub fn waiting_for_number(
        &self,
        series: &str,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DocumentId>> {
        let prefix = waiting_key(series, "");
        let from = after.map_or_else(|| prefix.clone(), |after| waiting_key(series, &after.to_string()));
        let mut statement =
            self.statement("SELECT key FROM meta WHERE key > ?1 AND key < ?2 || '~' ORDER BY key LIMIT ?3")?;
        let mut rows = statement.query(rusqlite::params![from, prefix, limit as i64])?;
        let mut waiting = Vec::new();
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            let id = key.strip_prefix(&prefix).and_then(|id| id.parse().ok());
            waiting.push(id.ok_or(Error::Unreadable("record numbers"))?);
        }
        Ok(waiting)
    }
}

impl WriteTx<'_> {
    /// In the transaction that writes a record: its number is never given again; without one it waits for
    /// the next that is granted.
    ///
    /// # Errors
    /// Of the database.
    pub fn note_number(&self, series: &str, record: DocumentId, number: Option<i64>) -> Result<()> {
        let key = waiting_key(series, &record.to_string());
        let Some(number) = number else { return self.set_meta(&key, &[]) };
        let mut supply = self.number_supply(series)?;
        supply.spend(number);
        self.set_number_supply(series, &supply)?;
        self.number_not_wanted(series, record)
    }

    /// A record that waited has a number, or needs none.
    ///
    /// # Errors
    /// Of the database.
    pub fn number_not_wanted(&self, series: &str, record: DocumentId) -> Result<()> {
        let key = waiting_key(series, &record.to_string());
        self.statement("DELETE FROM meta WHERE key = ?1")?.execute([key])?;
        Ok(())
    }

    /// Adds ranges the server reserved for this node and answers those that are new.
    ///
    /// # Errors
    /// Of the database.
    pub fn add_numbers(&self, series: &str, ranges: &[NumberRange]) -> Result<Vec<NumberRange>> {
        let mut supply = self.number_supply(series)?;
        let new: Vec<NumberRange> = ranges.iter().copied().filter(|range| supply.refill(*range)).collect();
        if !new.is_empty() {
            self.set_number_supply(series, &supply)?;
        }
        Ok(new)
    }

    fn set_number_supply(&self, series: &str, supply: &NumberSupply) -> Result<()> {
        let body = serde_json::to_vec(supply).map_err(|_| Error::Unreadable("record numbers"))?;
        self.set_meta(&supply_key(series), &body)
    }
}

/// What a restored database may go on giving, in the restore's own transaction.
pub(crate) fn pass_over_restored(connection: &rusqlite::Connection) -> Result<()> {
    let held: Vec<(String, Vec<u8>)> = connection
        .prepare("SELECT key, value FROM meta WHERE key LIKE 'numbers/%' AND key NOT LIKE 'numbers/%/%'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (key, body) in held {
        let mut supply: NumberSupply =
            serde_json::from_slice(&body).map_err(|_| Error::Unreadable("record numbers"))?;
        supply.restored();
        let body = serde_json::to_vec(&supply).map_err(|_| Error::Unreadable("record numbers"))?;
        connection.execute("UPDATE meta SET value = ?2 WHERE key = ?1", rusqlite::params![key, body])?;
    }
    Ok(())
}

fn supply_key(series: &str) -> String {
    format!("numbers/{series}")
}

fn waiting_key(series: &str, record: &str) -> String {
    format!("numbers/{series}/waiting/{record}")
}
