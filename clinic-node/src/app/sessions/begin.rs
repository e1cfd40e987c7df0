//! How a session begins: with a password, or with a PIN on a desk where somebody works.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use posto_domain::UserId;
use posto_domain::lockout::LockoutPolicy;
use posto_domain::password::PasswordPolicy;
use posto_domain::policy::Actor;
use posto_domain::role_grant::Role;
use posto_domain::user::User;
use posto_store::{Credential, SessionRow};

use super::super::audit::{Access, Outcome};
use super::super::secrets;
use super::super::users::login_of;
use super::super::{App, AppError, AppResult, Caller};
use super::tries::{self, Secret};
use super::{NewSession, OpenSession, SecretText, token_hash};
use crate::identity::Membership;

/// When an administrator last vouched for a desk that does not reach the server, Unix ms, big-endian.
const VOUCHED: &str = "vouched_ms";

/// Nobody's password is longer; checking more would only cost time.
const SECRET_BYTES_MAX: usize = 256;

impl App {
    /// Begins a session with name and password. Works without the server.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`], [`AppError::LockedOut`], [`AppError::AdministratorRequired`].
    pub fn sign_in(&self, login: &str, password: &SecretText, desk: &str) -> AppResult<NewSession> {
        if password.0.len() > SECRET_BYTES_MAX || login.len() > SECRET_BYTES_MAX {
            return Err(AppError::WrongCredentials);
        }
        let found = self.find_login(login)?;
        let credential = self.credential_of(found.as_ref())?;
        self.check_lockout(&credential)?;
        let phc = found.as_ref().filter(|user| !user.inactive).and_then(|user| user.password_hash.as_deref());
        let is_right = secrets::matches(&password.0, phc);
        let user = match found {
            Some(user) if is_right => user,
            found => {
                self.note_wrong(found.as_ref(), credential, Secret::Password, desk)?;
                return Err(AppError::WrongCredentials);
            }
        };
        let credential = Credential {
            password_tries: Default::default(),
            pin_tries: Default::default(),
            last_login_ms: Some(self.pen.now_ms()),
            ..credential
        };
        self.begin_session(&user, desk, "session.begin", credential, None)
    }

    /// Hands the desk over to another person by their PIN. The session before ends.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`]; [`AppError::PasswordRequired`] after three wrong PINs.
    pub fn switch_by_pin(
        &self,
        current: &OpenSession,
        user_id: &str,
        pin: &SecretText,
        desk: &str,
    ) -> AppResult<NewSession> {
        let user_id: UserId = user_id.parse().map_err(|_| AppError::WrongCredentials)?;
        let user = self.store.read(|r| r.user(user_id))?.filter(|user| !user.inactive);
        let credential = self.credential_of(user.as_ref())?;
        let policy = LockoutPolicy::default();
        if policy.pin_is_spent(credential.pin_tries.failed) {
            return Err(AppError::PasswordRequired);
        }
        let phc = credential.pin_hash.as_deref().filter(|_| user.is_some());
        let is_right = pin.0.len() <= SECRET_BYTES_MAX && secrets::matches(&pin.0, phc);
        let Some(user) = user.filter(|_| is_right) else {
            let failed = credential.pin_tries.failed + 1;
            let user = self.store.read(|r| r.user(user_id))?;
            self.note_wrong(user.as_ref(), credential, Secret::Pin, desk)?;
            let spent = policy.pin_is_spent(failed);
            return Err(if spent { AppError::PasswordRequired } else { AppError::WrongCredentials });
        };
        let credential = Credential { pin_tries: Default::default(), ..credential };
        self.begin_session(&user, desk, "session.switch", credential, Some(current.token_hash))
    }

    /// Sets the own PIN on this machine. The password is asked again.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`], [`AppError::LockedOut`], [`AppError::Validation`].
    pub fn set_pin(&self, session: &OpenSession, password: &SecretText, pin: &SecretText) -> AppResult<()> {
        let user_id = session.caller.user();
        let user = self.store.read(|r| r.user(user_id))?;
        let credential = self.credential_of(user.as_ref())?;
        self.check_lockout(&credential)?;
        let phc = user.as_ref().and_then(|user| user.password_hash.as_deref());
        if password.0.len() > SECRET_BYTES_MAX || !secrets::matches(&password.0, phc) {
            self.note_wrong(user.as_ref(), credential, Secret::Password, &session.caller.desk)?;
            return Err(AppError::WrongCredentials);
        }
        PasswordPolicy::default()
            .check_pin(&pin.0)
            .map_err(|refusal| AppError::field("pin", refusal.code()))?;
        let credential = Credential {
            pin_hash: Some(self.hash_secret(&pin.0)?),
            pin_tries: Default::default(),
            password_tries: Default::default(),
            ..credential
        };
        let entry = self.audit_entry(Access::of(&session.caller, "pin.set", None));
        self.store.write(move |tx| {
            tx.put_credential(user_id, &credential)?;
            tx.audit(&entry)
        })?;
        Ok(())
    }

    /// The user with this sign-in name: as it was typed, or in the spelling that this program gives names.
    fn find_login(&self, login: &str) -> AppResult<Option<User>> {
        let typed = login.trim().to_lowercase();
        let found = self.store.read(|r| r.user_by_login(&typed))?;
        if found.is_some() {
            return Ok(found);
        }
        Ok(self.store.read(|r| r.user_by_login(&login_of(login)))?)
    }

    fn credential_of(&self, user: Option<&User>) -> AppResult<Credential> {
        match user {
            Some(user) => Ok(self.store.read(|r| r.credential(user.id))?),
            None => Ok(Credential::default()),
        }
    }

    fn check_lockout(&self, credential: &Credential) -> AppResult<()> {
        tries::check(credential, self.pen.now_ms())
    }

    fn note_wrong(
        &self,
        user: Option<&User>,
        credential: Credential,
        secret: Secret,
        desk: &str,
    ) -> AppResult<()> {
        let who = user.map_or(UserId::NIL, |user| user.id);
        let caller = Caller {
            actor: Actor::new(who, Vec::new()),
            desk: desk.to_owned(),
            emergencies: Default::default(),
        };
        let action = match secret {
            Secret::Password => "session.begin",
            Secret::Pin => "session.switch",
        };
        let entry = self.audit_entry(Access::of(&caller, action, None).outcome(Outcome::Refused));
        let credential = user.map(|_| tries::after_wrong(credential, secret, self.pen.now_ms()));
        self.store.write(move |tx| {
            if let Some(credential) = credential {
                tx.put_credential(who, &credential)?;
            }
            tx.audit(&entry)
        })?;
        Ok(())
    }

    fn begin_session(
        &self,
        user: &User,
        desk: &str,
        action: &str,
        credential: Credential,
        replaces: Option<[u8; 32]>,
    ) -> AppResult<NewSession> {
        let now_ms = self.pen.now_ms();
        let token = SecretText(URL_SAFE_NO_PAD.encode(self.draw::<32>()?));
        let row = SessionRow {
            token_hash: token_hash(&token.0),
            user: user.id,
            desk: desk.to_owned(),
            csrf: self.draw()?,
            created_ms: now_ms,
            last_seen_ms: now_ms,
            expires_ms: now_ms + u64::from(self.config.session.hours_max) * 3_600_000,
            body: "{}".to_owned(),
        };
        let session = self.opened(&row, user)?;
        if session.caller.actor.roles.is_empty() {
            return Err(AppError::Forbidden);
        }
        let vouch = self.check_desk(&session.caller, now_ms)?;
        let entry = self.audit_entry(Access::of(&session.caller, action, None));
        let user_id = user.id;
        self.store.write(move |tx| {
            tx.end_expired_sessions(now_ms)?;
            if let Some(replaced) = replaces {
                tx.end_session(&replaced)?;
            }
            if vouch {
                tx.set_local_value(VOUCHED, &now_ms.to_be_bytes())?;
            }
            tx.put_session(&row)?;
            tx.put_credential(user_id, &credential)?;
            tx.audit(&entry)
        })?;
        if let Some(replaced) = replaces {
            self.lobby.forget(&replaced);
        }
        self.lobby.remember(session.clone());
        let description = self.describe_session(&session)?;
        Ok(NewSession { token, description })
    }

    /// When the server gave this node its certificate: it was reached then.
    fn certified_ms(&self) -> u64 {
        let certificate = self.certificate.load();
        let from_s = certificate.as_ref().map_or(0, |identity| identity.details().not_before_unix_s);
        // Certificates start earlier than they were given, because clinic clocks lie.
        u64::try_from(from_s + posto_net::limits::CERTIFICATE_BACKDATE_S).unwrap_or(0) * 1000
    }

    /// A desk that has not reached the server for too long asks for an administrator, who vouches for it by
    /// signing in. Whether this sign-in does.
    fn check_desk(&self, caller: &Caller, now_ms: u64) -> AppResult<bool> {
        if matches!(self.identity.membership, Membership::Standalone) {
            return Ok(false);
        }
        let vouched = self.store.read(|r| r.local_value(VOUCHED))?;
        let vouched_ms = vouched.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
        let known_ms = self.board.last_synced_ms().unwrap_or(0).max(vouched_ms).max(self.certified_ms());
        let limit_ms = u64::from(self.config.session.offline_days_max) * 86_400_000;
        if now_ms.saturating_sub(known_ms) <= limit_ms {
            return Ok(false);
        }
        let is_admin = |role: &Role| matches!(role, Role::ClinicAdmin | Role::SystemAdmin | Role::SuperAdmin);
        if caller.actor.roles.iter().any(|held| is_admin(&held.role)) {
            return Ok(true);
        }
        let access = Access::of(caller, "session.begin", None).outcome(Outcome::Refused);
        self.audit(access.detail("administrator_required"))?;
        Err(AppError::AdministratorRequired)
    }
}
