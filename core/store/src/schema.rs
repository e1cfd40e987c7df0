//! Bringing a database's schema up to date, and refusing one of a newer Posto.

use rusqlite::Connection;

use crate::error::{Error, Result};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The newest schema version this program knows: the highest number in `migrations/`.
pub(crate) const VERSION: u32 = 2;

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
#[allow(clippy::unwrap_used)]
mod tests {
    use refinery::Target;
    use rusqlite::Connection;

    /// A database as schema 1 left it: a change that waits, one that is shared, one that was refused.
    fn of_schema_1() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        super::embedded::migrations::runner().set_target(Target::Version(1)).run(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        let mut insert = connection
            .prepare(
                "INSERT INTO change (document, scope, state, hash8, hash24, bytes) VALUES (7, 3, ?1, ?2, ?3, x'01')",
            )
            .unwrap();
        for (state, first) in [(0, 0x01), (1, 0x02), (2, 0x03), (0, 0xff)] {
            let hash = [first; 32];
            let (hash8, hash24) = crate::change::split_hash(&hash);
            insert.execute(rusqlite::params![state, hash8, hash24]).unwrap();
        }
        drop(insert);
        connection
    }

    #[test]
    fn what_waited_under_schema_1_still_waits() {
        let mut connection = of_schema_1();
        super::migrate(&mut connection).unwrap();
        let pending: Vec<(i64, i64, [u8; 32])> = connection
            .prepare("SELECT scope, local_seq, hash FROM pending")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(pending, [(3, 1, [0x01; 32]), (3, 4, [0xff; 32])]);
        let states: Vec<i64> = connection
            .prepare("SELECT state FROM change ORDER BY local_seq")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(states, [1, 1, 2, 1]);
    }

    #[test]
    fn the_version_is_the_newest_migration() {
        let newest = super::embedded::migrations::runner().get_migrations().iter().map(|m| m.version()).max();
        assert_eq!(newest, Some(super::VERSION as _));
    }
}
