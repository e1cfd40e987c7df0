//! Signing in, switching the user by PIN, and who is at the desk.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/session`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignIn {
    /// The sign-in name, as `user add` printed it. Case and surrounding spaces do not matter.
    pub login: String,
    pub password: String,
}

/// `POST /api/session/pin`: another person takes over the desk.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SwitchByPin {
    pub user_id: String,
    /// 4 to 8 digits.
    pub pin: String,
}

/// `PUT /api/session/pin`: sets the own PIN. The password is asked again.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SetPin {
    pub password: String,
    pub pin: String,
}

/// Who is signed in, and what this desk is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    pub user: SessionUser,
    /// Send it back as `x-posto-csrf` on every write.
    pub csrf_token: String,
    pub expires_at: DateTime<Utc>,
    pub clinic: Named,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Named>,
    pub node_id: String,
    /// `BR`, `US`, …: decides forms, document types and phone rules.
    pub jurisdiction: String,
    /// What this user may do, as `<action>` names; the screens hide what is not in it.
    pub permissions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionUser {
    pub id: String,
    pub name: String,
    pub login: String,
    pub roles: Vec<String>,
    pub has_pin: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// `GET /api/users/switchable`: people who signed in on this desk with their password and have a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchableUser {
    pub id: String,
    pub name: String,
    pub roles: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchableUsers {
    pub items: Vec<SwitchableUser>,
}
