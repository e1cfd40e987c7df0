//! Record numbers reserved for this node: drawn in the transaction that uses them.

use posto_domain::record_number::{NumberRange, NumberSupply};

use crate::error::{Error, Result};
use crate::transaction::{ReadTx, WriteTx};

impl ReadTx<'_> {
    /// What is left of a series (`patient`).
    ///
    /// # Errors
    /// Of the database.
    pub fn number_supply(&self, series: &str) -> Result<NumberSupply> {
        match self.meta(&key(series))? {
            None => Ok(NumberSupply::default()),
            Some(body) => serde_json::from_slice(&body).map_err(|_| Error::Unreadable("record numbers")),
        }
    }
}

impl WriteTx<'_> {
    /// Draws the next number of a series; none when the reserved ones are used up: the record gets
    /// its number later.
    ///
    /// # Errors
    /// Of the database.
    pub fn take_number(&self, series: &str) -> Result<Option<i64>> {
        let mut supply = self.number_supply(series)?;
        let number = supply.take();
        if number.is_some() {
            self.set_number_supply(series, &supply)?;
        }
        Ok(number)
    }

    /// Adds a range the server reserved for this node.
    ///
    /// # Errors
    /// Of the database.
    pub fn add_numbers(&self, series: &str, range: NumberRange) -> Result<()> {
        let mut supply = self.number_supply(series)?;
        supply.refill(range);
        self.set_number_supply(series, &supply)
    }

    fn set_number_supply(&self, series: &str, supply: &NumberSupply) -> Result<()> {
        let body = serde_json::to_vec(supply).map_err(|_| Error::Unreadable("record numbers"))?;
        self.set_meta(&key(series), &body)
    }
}

fn key(series: &str) -> String {
    format!("numbers/{series}")
}
