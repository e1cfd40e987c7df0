//! Bringing a database's schema up to date, and refusing one of a newer Posto.

use rusqlite::Connection;

use crate::error::{Error, Result};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The newest schema version this program knows: the highest number in `migrations/`.
pub(crate) const VERSION: u32 = 1;

/// Runs what is missing. A database that is up to date costs one pragma.
///
/// # Errors
/// [`Error::NewerSchema`], before anything is changed.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > VERSION {
        return Err(Error::NewerSchema { found, supported: VERSION });
    }
    if found == VERSION {
        return Ok(());
    }
    embedded::migrations::runner().run(connection)?;
    connection.pragma_update(None, "user_version", VERSION)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_the_newest_migration() {
        let newest = super::embedded::migrations::runner().get_migrations().iter().map(|m| m.version()).max();
        assert_eq!(newest, Some(super::VERSION as _));
    }
}
