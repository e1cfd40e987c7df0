//! Signing in offline, handing the desk over by PIN, and the sessions that follow.

mod begin;
mod tries;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use posto_api::session::{Named, Session, SessionUser, SwitchableUser, SwitchableUsers};
use posto_domain::policy::Actor;
use posto_domain::user::User;
use posto_store::SessionRow;
use subtle::ConstantTimeEq as _;

use super::audit::Access;
use super::emergency::Emergencies;
use super::time::instant;
use super::{App, AppError, AppResult, Caller};

/// A password, PIN or token: never printed.
#[derive(Clone)]
pub struct SecretText(pub String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// A session that is open.
#[derive(Debug, Clone)]
pub struct OpenSession {
    pub caller: Caller,
    pub(crate) token_hash: [u8; 32],
    csrf: [u8; 32],
    name: Arc<str>,
    login: Arc<str>,
    expires_ms: u64,
    /// Shared by the copies of one session.
    last_seen_ms: Arc<AtomicU64>,
}

/// A session just begun: the token is shown once, in the cookie.
#[derive(Debug)]
pub struct NewSession {
    pub token: SecretText,
    pub description: Session,
}

/// The time of the last request is written down this often.
const TOUCH_EVERY_MS: u64 = 60_000;

impl OpenSession {
    /// Whether the token shown with a write is this session's, compared in constant time.
    pub(crate) fn csrf_is(&self, shown: &[u8]) -> bool {
        self.csrf_text().as_bytes().ct_eq(shown).into()
    }

    fn csrf_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.csrf)
    }
}

pub(super) fn token_hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

impl App {
    /// A session by its token, if it is in memory and still good.
    pub(crate) fn cached_session(&self, token: &str) -> Option<OpenSession> {
        let session = self.lobby.session(&token_hash(token))?;
        self.still_good(&session).then(|| {
            self.touch(&session);
            session
        })
    }

    /// Whether a session found earlier has not been ended since.
    pub(crate) fn session_is_open(&self, session: &OpenSession) -> bool {
        match self.lobby.session(&session.token_hash) {
            Some(known) => self.still_good(&known),
            // Forgotten, not ended: the next request looks it up again.
            None => self.store.read(|r| r.session(&session.token_hash)).is_ok_and(|row| row.is_some()),
        }
    }

    /// A session by its token.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when there is none (any more).
    pub(crate) fn session(&self, token: &str) -> AppResult<OpenSession> {
        let hash = token_hash(token);
        let found = self.store.read(|r| {
            let Some(row) = r.session(&hash)? else { return Ok::<_, posto_store::Error>(None) };
            Ok(r.user(row.user)?.map(|user| (row, user)))
        })?;
        let (row, user) = found.ok_or(AppError::Unauthenticated)?;
        let is_void = user.sessions_void_before_ms.is_some_and(|before| (row.created_ms as i64) < before);
        if user.inactive || is_void {
            return Err(AppError::Unauthenticated);
        }
        let session = self.opened(&row, &user)?;
        if !self.still_good(&session) || session.caller.actor.roles.is_empty() {
            return Err(AppError::Unauthenticated);
        }
        self.touch(&session);
        self.lobby.remember(session.clone());
        Ok(session)
    }

    fn opened(&self, row: &SessionRow, user: &User) -> AppResult<OpenSession> {
        let mut actor = Actor::new(user.id, self.held_roles(user.id)?);
        actor.practitioner = user.practitioner;
        Ok(OpenSession {
            caller: Caller { actor, desk: row.desk.clone(), emergencies: Emergencies::of(&row.body) },
            token_hash: row.token_hash,
            csrf: row.csrf,
            name: user.name.as_str().into(),
            login: user.login.as_str().into(),
            expires_ms: row.expires_ms,
            last_seen_ms: Arc::new(AtomicU64::new(row.last_seen_ms)),
        })
    }

    fn still_good(&self, session: &OpenSession) -> bool {
        let now_ms = self.pen.now_ms();
        let idle_ms = now_ms.saturating_sub(session.last_seen_ms.load(Ordering::Relaxed));
        now_ms < session.expires_ms && idle_ms < u64::from(self.config.session.idle_minutes) * 60_000
    }

    fn touch(&self, session: &OpenSession) {
        let now_ms = self.pen.now_ms();
        let before = session.last_seen_ms.load(Ordering::Relaxed);
        if now_ms.saturating_sub(before) < TOUCH_EVERY_MS {
            return;
        }
        session.last_seen_ms.store(now_ms, Ordering::Relaxed);
        let (hash, expires_ms) = (session.token_hash, session.expires_ms);
        // Nobody waits for it: a session that looks a minute older after a crash harms nobody.
        drop(self.store.write_async(move |tx| tx.touch_session(&hash, now_ms, expires_ms)));
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Of the store.
    pub fn sign_out(&self, session: &OpenSession) -> AppResult<()> {
        let entry = self.audit_entry(Access::of(&session.caller, "session.end", None));
        let hash = session.token_hash;
        self.lobby.forget(&hash);
        self.store.write(move |tx| {
            tx.end_session(&hash)?;
            tx.audit(&entry)
        })?;
        self.live.publish(posto_api::event::LiveEvent::SessionChanged);
        Ok(())
    }

    /// Who is signed in, for the screens.
    ///
    /// # Errors
    /// Of the store.
    pub fn describe_session(&self, session: &OpenSession) -> AppResult<Session> {
        let place = &self.identity.place;
        let user = session.caller.user();
        let has_pin = self.store.read(|r| r.credential(user))?.pin_hash.is_some();
        Ok(Session {
            user: SessionUser {
                id: user.to_string(),
                name: session.name.to_string(),
                login: session.login.to_string(),
                roles: session.caller.actor.roles.iter().map(|held| held.role.to_string()).collect(),
                has_pin,
            },
            csrf_token: session.csrf_text(),
            expires_at: instant(session.expires_ms),
            clinic: Named { id: place.clinic.id.to_string(), name: place.clinic.name.clone() },
            location: place.locations.first().map(|l| Named { id: l.id.to_string(), name: l.name.clone() }),
            node_id: place.node.id.to_string(),
            jurisdiction: self.jurisdiction()?,
            permissions: self.permissions(&session.caller)?,
        })
    }

    /// People who may take over this desk by PIN, the last to sign in first.
    ///
    /// # Errors
    /// Of the store.
    pub fn switchable_users(&self) -> AppResult<SwitchableUsers> {
        let mut items = Vec::new();
        for id in self.store.read(|r| r.users_with_pin())? {
            let Some(user) = self.store.read(|r| r.user(id))?.filter(|user| !user.inactive) else { continue };
            let roles: Vec<String> = self.held_roles(id)?.iter().map(|held| held.role.to_string()).collect();
            if !roles.is_empty() {
                items.push(SwitchableUser { id: id.to_string(), name: user.name, roles });
            }
        }
        Ok(SwitchableUsers { items })
    }
}
