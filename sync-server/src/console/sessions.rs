//! Signing in at the console, and who a request comes from.

use std::collections::HashMap;

use parking_lot::Mutex;
use posto_api::ErrorCode;
use posto_api::admin::{AdminSession, AdminSessionUser};
use posto_api::session::Named;
use posto_domain::lockout::{LockoutPolicy, TryAnswer};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Caller, Console, ConsoleError, actor};
use crate::storage::table::admin_session::{self, AdminSessionRow};
use crate::storage::table::admin_user::{self, AdminUserRow};
use crate::storage::table::audit::{self, Entry};
use crate::storage::table::clinic;
use crate::storage::{DbError, Tx};
use crate::time::utc;
use crate::{password, random};

/// A session ends this long after it began.
const LIFE_MS: i64 = 12 * 3_600_000;
/// A session that nobody used for this long is over.
const IDLE_MS: i64 = 2 * 3_600_000;
/// What is known of a session is believed this long: a session ended by another process lives no longer.
const BELIEVED_MS: i64 = 1_000;
/// Sessions remembered at once.
const CACHED_MAX: usize = 1_024;

/// A session in good standing.
#[derive(Clone)]
pub(crate) struct OpenSession {
    pub user: AdminUserRow,
    row: AdminSessionRow,
}

/// A session that just began.
pub(crate) struct Opened {
    /// The cookie's value; kept nowhere on the server.
    pub token: String,
    pub session: OpenSession,
}

/// Sessions seen in the last moment, so that a screen that asks often does not read the database each time.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<[u8; 32], (OpenSession, i64)>>);

impl OpenSession {
    /// Whether a write carries this session's token.
    pub(crate) fn csrf_is(&self, shown: &[u8]) -> bool {
        self.row.csrf.as_bytes().ct_eq(shown).into()
    }

    pub(crate) fn caller(&self, correlation: String) -> Caller {
        Caller { actor: actor(self.user.id, &self.user.role, self.user.clinic), correlation }
    }
}

impl Console {
    /// Begins a session. Costs the same work whoever asks, and waits longer with each wrong try.
    pub(crate) fn sign_in(
        &self,
        email: &str,
        password: &str,
        correlation: &str,
    ) -> Result<Opened, ConsoleError> {
        let email = email.trim().to_lowercase();
        let db = &self.installation.db;
        let found = db.read_blocking::<_, DbError, _>(|tx| admin_user::by_email(tx, &email))?;
        let found = found.filter(|user| user.disabled_at_ms.is_none());
        let (policy, now_ms) = (LockoutPolicy::default(), self.now_ms());
        if let Some(user) = &found
            && let TryAnswer::Wait { ms } = policy.may_try(user.tries, now_ms)
        {
            return Err(ConsoleError::LockedOut { retry_after_s: (ms / 1_000 + 1).max(1).cast_unsigned() });
        }
        let right = password::verify(password, found.as_ref().map(|user| user.password_hash.as_str()));
        let Some(user) = found.filter(|_| right) else {
            self.note_wrong_password(&email, &policy, correlation)?;
            return Err(ConsoleError::Refused(ErrorCode::WrongCredentials));
        };
        self.begin(user, correlation)
    }

    fn begin(&self, user: AdminUserRow, correlation: &str) -> Result<Opened, ConsoleError> {
        let token = random::token::<32>()?;
        let now_ms = self.now_ms();
        let row = AdminSessionRow {
            token_hash: hash(&token),
            user: user.id,
            csrf: random::token::<16>()?,
            created_at_ms: now_ms,
            last_seen_at_ms: now_ms,
            expires_at_ms: now_ms + LIFE_MS,
        };
        let (kept, correlation) = (row.clone(), correlation.to_owned());
        self.installation.db.write_blocking::<_, DbError, _>(move |tx| {
            admin_session::delete_stale(tx, now_ms, now_ms - IDLE_MS)?;
            admin_session::insert(tx, &kept)?;
            admin_user::set_tries(tx, kept.user, Default::default())?;
            note(tx, now_ms, &kept.user.to_string(), "session.begin", "done", &correlation)
        })?;
        Ok(Opened { token, session: OpenSession { user, row } })
    }

    fn note_wrong_password(
        &self,
        email: &str,
        policy: &LockoutPolicy,
        correlation: &str,
    ) -> Result<(), ConsoleError> {
        let (email, policy, correlation) = (email.to_owned(), policy.clone(), correlation.to_owned());
        let now_ms = self.now_ms();
        self.installation.db.write_blocking::<_, DbError, _>(move |tx| {
            let user = admin_user::by_email(tx, &email)?;
            if let Some(user) = &user {
                admin_user::set_tries(tx, user.id, policy.after_failure(user.tries, now_ms))?;
            }
            // The address itself is not written down: people mistype passwords into this field.
            let actor = user.map_or_else(|| "unknown".to_owned(), |user| user.id.to_string());
            note(tx, now_ms, &actor, "session.begin", "refused", &correlation)
        })?;
        Ok(())
    }

    /// The session of a cookie.
    pub(crate) fn session(&self, token: &str) -> Result<OpenSession, ConsoleError> {
        let (token_hash, now_ms) = (hash(token), self.now_ms());
        if let Some((session, seen_ms)) = self.sessions.0.lock().get(&token_hash)
            && (0..BELIEVED_MS).contains(&(now_ms - seen_ms))
        {
            return Ok(session.clone());
        }
        let found = self.installation.db.read_blocking::<_, DbError, _>(|tx| read(tx, &token_hash))?;
        let session = found
            .filter(|session| session.user.disabled_at_ms.is_none())
            .filter(|session| {
                now_ms < session.row.expires_at_ms && now_ms - session.row.last_seen_at_ms < IDLE_MS
            })
            .ok_or(ConsoleError::Refused(ErrorCode::Unauthenticated))?;
        if now_ms - session.row.last_seen_at_ms > IDLE_MS / 10 {
            let seen = move |tx: &Tx<'_>| admin_session::set_seen(tx, &token_hash, now_ms);
            self.installation.db.write_blocking::<_, DbError, _>(seen)?;
        }
        let mut cached = self.sessions.0.lock();
        if cached.len() >= CACHED_MAX {
            cached.clear();
        }
        cached.insert(token_hash, (session.clone(), now_ms));
        Ok(session)
    }

    /// Ends the session of a cookie.
    pub(crate) fn sign_out(&self, session: &OpenSession, correlation: &str) -> Result<(), ConsoleError> {
        let (token_hash, user, now_ms) = (session.row.token_hash, session.user.id, self.now_ms());
        let correlation = correlation.to_owned();
        self.installation.db.write_blocking::<_, DbError, _>(move |tx| {
            admin_session::delete(tx, &token_hash)?;
            note(tx, now_ms, &user.to_string(), "session.end", "done", &correlation)
        })?;
        self.sessions.0.lock().remove(&token_hash);
        Ok(())
    }

    /// What the console shows of a session.
    pub(crate) fn show(&self, session: &OpenSession) -> Result<AdminSession, ConsoleError> {
        let user = &session.user;
        let clinic = match user.clinic {
            Some(id) => self.installation.db.read_blocking::<_, DbError, _>(|tx| clinic::get(tx, id))?,
            None => None,
        };
        Ok(AdminSession {
            user: AdminSessionUser {
                id: user.id.to_string(),
                name: user.name.clone(),
                email: user.email.clone(),
                role: user.role.clone(),
                clinic: clinic.map(|row| Named { id: row.id.to_string(), name: row.name }),
            },
            csrf_token: session.row.csrf.clone(),
            expires_at: utc(session.row.expires_at_ms),
        })
    }
}

fn read(tx: &Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<OpenSession>, DbError> {
    let Some(row) = admin_session::get(tx, token_hash)? else { return Ok(None) };
    Ok(admin_user::get(tx, row.user)?.map(|user| OpenSession { user, row }))
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn note(
    tx: &Tx<'_>,
    at_ms: i64,
    actor: &str,
    action: &str,
    outcome: &str,
    correlation: &str,
) -> Result<(), DbError> {
    audit::append(tx, &Entry { at_ms, actor, action, resource: "", outcome, correlation })
}
