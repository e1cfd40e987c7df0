//! The directory: clinics, locations, users with their roles, devices, settings.

use posto_domain::id::{DocumentId, LocationId, UserId};
use posto_domain::role_grant::RoleGrant;
use posto_domain::setting::Setting;
use posto_domain::user::User;

use crate::error::Result;
use crate::transaction::ReadTx;

impl ReadTx<'_> {
    /// A user.
    ///
    /// # Errors
    /// Of the database.
    pub fn user(&self, id: UserId) -> Result<Option<User>> {
        self.record_row(id.cast())
    }

    /// The user with this login (lower case).
    ///
    /// # Errors
    /// Of the database.
    pub fn user_by_login(&self, login: &str) -> Result<Option<User>> {
        Ok(self.records_with_key::<User>(login)?.into_iter().next())
    }

    /// All roles of a user, whether or not they hold now.
    ///
    /// # Errors
    /// Of the database.
    pub fn grants_of(&self, user: UserId) -> Result<Vec<RoleGrant>> {
        self.records_about(user.cast())
    }

    /// A setting's JSON text on `day` (`YYYY-MM-DD`) at a location: the newest that has begun, one
    /// of the location before one of the clinic.
    ///
    /// # Errors
    /// Of the database.
    pub fn setting(&self, key: &str, location: Option<LocationId>, day: &str) -> Result<Option<String>> {
        let mut settings = self.records_with_key::<Setting>(key)?;
        settings.retain(|setting| {
            let begun = setting.effective_from.as_ref().is_none_or(|from| from.to_string().as_str() <= day);
            begun && (setting.location.is_none() || setting.location == location)
        });
        let best = settings.into_iter().max_by_key(|setting| {
            let from = setting.effective_from.as_ref().map(ToString::to_string);
            let id: DocumentId = setting.id;
            (setting.location.is_some(), from, id)
        });
        Ok(best.map(|setting| setting.value))
    }
}
