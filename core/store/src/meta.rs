//! Single values of the database: its instance, the process's own notes.

use rusqlite::{OptionalExtension, params};

use crate::error::{Error, Result};
use crate::transaction::{ReadTx, WriteTx};

pub(crate) const INSTANCE: &str = "instance";
pub(crate) const READ_MODELS: &str = "read_models";
pub(crate) const CREATED_MS: &str = "created_ms";
pub(crate) const RESTORED_MS: &str = "restored_ms";

impl ReadTx<'_> {
    /// A value that the process keeps for itself, such as the last clock offset.
    ///
    /// # Errors
    /// Of the database.
    pub fn local_value(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.meta(&format!("local/{key}"))
    }

    pub(crate) fn meta(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let mut statement = self.statement("SELECT value FROM meta WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    pub(crate) fn meta_u64(&self, key: &str) -> Result<Option<u64>> {
        let Some(bytes) = self.meta(key)? else { return Ok(None) };
        let bytes: [u8; 8] = bytes.try_into().map_err(|_| Error::Unreadable("number"))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// The number this database goes by at the server: drawn at creation and again at each restore.
    ///
    /// # Errors
    /// Of the database.
    pub fn instance(&self) -> Result<posto_sync::Instance> {
        let number = self.meta_u64(INSTANCE)?.ok_or(Error::Unreadable("instance"))?;
        Ok(posto_sync::Instance(number))
    }
}

impl WriteTx<'_> {
    /// Keeps a value for the process.
    ///
    /// # Errors
    /// Of the database.
    pub fn set_local_value(&self, key: &str, value: &[u8]) -> Result<()> {
        self.set_meta(&format!("local/{key}"), value)
    }

    pub(crate) fn set_meta(&self, key: &str, value: &[u8]) -> Result<()> {
        let mut statement = self.statement("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
        statement.execute(params![key, value])?;
        Ok(())
    }

    pub(crate) fn set_meta_u64(&self, key: &str, value: u64) -> Result<()> {
        self.set_meta(key, &value.to_be_bytes())
    }
}
