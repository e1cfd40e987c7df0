//! A person who signs in.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{PractitionerId, UserId};
use crate::kind::Kind;
use crate::parts::is_false;
use crate::record::record;

/// A user. Secrets are hashes (PHC strings); what counts tries and sessions is local to each machine.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub name: String,
    /// What the person types to sign in: lower case, unique in the clinic.
    pub login: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Argon2id, PHC string; absent until the person has set a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_changed_at_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub must_change_password: bool,
    /// Base 32 secret of the time-based one-time password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_secret: Option<String>,
    /// The practitioner this person is, where they treat patients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
    /// Sessions begun before this moment are void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions_void_before_ms: Option<TimestampMs>,
}

record!(User, Kind::User);

impl User {
    /// A user who cannot sign in yet.
    pub fn new(id: UserId, name: impl Into<String>, login: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            login: login.into(),
            email: None,
            phone: None,
            language: None,
            password_hash: None,
            password_changed_at_ms: None,
            must_change_password: false,
            totp_secret: None,
            practitioner: None,
            inactive: false,
            sessions_void_before_ms: None,
        }
    }
}

// By hand: a derived one would print the secrets.
impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("inactive", &self.inactive).finish_non_exhaustive()
    }
}
