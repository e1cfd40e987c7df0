//! What the machine itself keeps about people: sessions, PINs and wrong tries, unfinished forms.
//! Never replicated.

use posto_domain::id::UserId;
use posto_domain::lockout::Tries;
use rusqlite::{OptionalExtension, Row, params};

use crate::error::Result;
use crate::transaction::{ReadTx, WriteTx};

/// A session of a person at a desk. The token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Hash of the cookie's token.
    pub token_hash: [u8; 32],
    pub user: UserId,
    pub desk: String,
    pub csrf: [u8; 32],
    pub created_ms: u64,
    pub last_seen_ms: u64,
    pub expires_ms: u64,
    /// What the process adds (roles, break-glass), as JSON.
    pub body: String,
}

/// What this machine knows of a person's secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credential {
    /// PHC string; absent until the person has set a PIN here.
    pub pin_hash: Option<String>,
    pub pin_tries: Tries,
    pub password_tries: Tries,
    pub last_login_ms: Option<u64>,
}

/// A form that was not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub key: String,
    pub body: String,
    pub at_ms: u64,
}

const SESSION: &str = "token_hash, user, desk, csrf, created_ms, last_seen_ms, expires_ms, body";

impl ReadTx<'_> {
    /// A session by the hash of its token, expired or not.
    ///
    /// # Errors
    /// Of the database.
    pub fn session(&self, token_hash: &[u8; 32]) -> Result<Option<SessionRow>> {
        let mut statement =
            self.statement(&format!("SELECT {SESSION} FROM session WHERE token_hash = ?1"))?;
        Ok(statement.query_row([token_hash], read_session).optional()?)
    }

    /// All sessions of a person.
    ///
    /// # Errors
    /// Of the database.
    pub fn sessions_of(&self, user: UserId) -> Result<Vec<SessionRow>> {
        let mut statement =
            self.statement(&format!("SELECT {SESSION} FROM session WHERE user = ?1 ORDER BY created_ms"))?;
        let rows = statement.query_map([user.to_bytes()], read_session)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What this machine knows of a person's secrets; the default when nothing.
    ///
    /// # Errors
    /// Of the database.
    pub fn credential(&self, user: UserId) -> Result<Credential> {
        let mut statement = self.statement(
            "SELECT pin_hash, pin_failed, pin_failed_ms, password_failed, password_failed_ms, last_login_ms
             FROM credential WHERE user = ?1",
        )?;
        let found = statement.query_row([user.to_bytes()], |row| {
            Ok(Credential {
                pin_hash: row.get(0)?,
                pin_tries: Tries { failed: row.get(1)?, last_failed_at_ms: row.get(2)? },
                password_tries: Tries { failed: row.get(3)?, last_failed_at_ms: row.get(4)? },
                last_login_ms: row.get::<_, Option<i64>>(5)?.map(|ms| ms as u64),
            })
        });
        Ok(found.optional()?.unwrap_or_default())
    }

    /// People who can switch by PIN on this machine, the last to log in first.
    ///
    /// # Errors
    /// Of the database.
    pub fn users_with_pin(&self) -> Result<Vec<UserId>> {
        let mut statement = self.statement(
            "SELECT user FROM credential WHERE pin_hash IS NOT NULL ORDER BY last_login_ms DESC, user",
        )?;
        let rows = statement.query_map([], |row| row.get(0).map(UserId::from_bytes))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A person's drafts, newest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn drafts(&self, user: UserId) -> Result<Vec<Draft>> {
        let mut statement =
            self.statement("SELECT key, body, at_ms FROM draft WHERE user = ?1 ORDER BY at_ms DESC, key")?;
        let rows = statement.query_map([user.to_bytes()], |row| {
            Ok(Draft { key: row.get(0)?, body: row.get(1)?, at_ms: row.get::<_, i64>(2)? as u64 })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Begins a session, or replaces the one with the same token.
    ///
    /// # Errors
    /// Of the database.
    pub fn put_session(&self, session: &SessionRow) -> Result<()> {
        self.statement(&format!(
            "INSERT OR REPLACE INTO session ({SESSION}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        ))?
        .execute(params![
            session.token_hash,
            session.user.to_bytes(),
            session.desk,
            session.csrf,
            session.created_ms as i64,
            session.last_seen_ms as i64,
            session.expires_ms as i64,
            session.body,
        ])?;
        Ok(())
    }

    /// Notes that a session was used, and until when it holds now.
    ///
    /// # Errors
    /// Of the database.
    pub fn touch_session(&self, token_hash: &[u8; 32], last_seen_ms: u64, expires_ms: u64) -> Result<()> {
        self.statement("UPDATE session SET last_seen_ms = ?2, expires_ms = ?3 WHERE token_hash = ?1")?
            .execute(params![token_hash, last_seen_ms as i64, expires_ms as i64])?;
        Ok(())
    }

    /// Ends a session; whether there was one.
    ///
    /// # Errors
    /// Of the database.
    pub fn end_session(&self, token_hash: &[u8; 32]) -> Result<bool> {
        Ok(self.statement("DELETE FROM session WHERE token_hash = ?1")?.execute([token_hash])? > 0)
    }

    /// Ends all sessions of a person and answers how many there were.
    ///
    /// # Errors
    /// Of the database.
    pub fn end_sessions_of(&self, user: UserId) -> Result<usize> {
        Ok(self.statement("DELETE FROM session WHERE user = ?1")?.execute([user.to_bytes()])?)
    }

    /// Ends every session that expired before `now_ms`.
    ///
    /// # Errors
    /// Of the database.
    pub fn end_expired_sessions(&self, now_ms: u64) -> Result<usize> {
        Ok(self.statement("DELETE FROM session WHERE expires_ms < ?1")?.execute([now_ms as i64])?)
    }

    /// Keeps what this machine knows of a person's secrets.
    ///
    /// # Errors
    /// Of the database.
    pub fn put_credential(&self, user: UserId, credential: &Credential) -> Result<()> {
        self.statement(
            "INSERT OR REPLACE INTO credential
                 (user, pin_hash, pin_failed, pin_failed_ms, password_failed, password_failed_ms, last_login_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            user.to_bytes(),
            credential.pin_hash,
            credential.pin_tries.failed,
            credential.pin_tries.last_failed_at_ms,
            credential.password_tries.failed,
            credential.password_tries.last_failed_at_ms,
            credential.last_login_ms.map(|ms| ms as i64),
        ])?;
        Ok(())
    }

    /// Keeps a draft under a key of the person's own.
    ///
    /// # Errors
    /// Of the database.
    pub fn put_draft(&self, user: UserId, key: &str, body: &str) -> Result<()> {
        self.statement("INSERT OR REPLACE INTO draft (user, key, body, at_ms) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![user.to_bytes(), key, body, self.shared.now_ms() as i64])?;
        Ok(())
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// Of the database.
    pub fn remove_draft(&self, user: UserId, key: &str) -> Result<()> {
        self.statement("DELETE FROM draft WHERE user = ?1 AND key = ?2")?
            .execute(params![user.to_bytes(), key])?;
        Ok(())
    }
}

fn read_session(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        token_hash: row.get(0)?,
        user: UserId::from_bytes(row.get(1)?),
        desk: row.get(2)?,
        csrf: row.get(3)?,
        created_ms: row.get::<_, i64>(4)? as u64,
        last_seen_ms: row.get::<_, i64>(5)? as u64,
        expires_ms: row.get::<_, i64>(6)? as u64,
        body: row.get(7)?,
    })
}
