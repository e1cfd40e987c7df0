//! Setting an installation up from another program: what the command line does, as calls.

use posto_domain::{ClinicId, LocationId, UserId};

use crate::clock::Clock;
use crate::data_folder::DataFolder;
use crate::directory::{DirectoryError, NewClinic, NewLocation};
use crate::installation::{self, Installation, InstallationError};

/// An installation that is being set up. It may be served at the same time.
pub struct Setup(Installation);

impl Setup {
    /// Makes a new installation with this first administrator.
    ///
    /// # Errors
    /// When the folder holds one already, cannot be written, or the password is too weak.
    pub fn init(
        folder: DataFolder,
        admin_email: &str,
        admin_password: &str,
        clock: Clock,
    ) -> Result<Self, InstallationError> {
        installation::init(&folder, admin_email, Some(admin_password.to_owned()), &clock)?;
        Installation::open(folder, clock).map(Self)
    }

    /// Adds a clinic.
    ///
    /// # Errors
    /// When the name is empty or the jurisdiction unknown.
    pub fn add_clinic(&self, name: &str, jurisdiction: &str) -> Result<ClinicId, DirectoryError> {
        let new = NewClinic { name: name.to_owned(), jurisdiction: jurisdiction.to_owned() };
        let directory = self.0.directory.clone();
        self.0.write_as_operator("clinic.create", move |tx| {
            let row = directory.add_clinic(tx, UserId::OPERATOR, &new)?;
            Ok((row.id, format!("clinic/{}", row.id)))
        })
    }

    /// Adds a location.
    ///
    /// # Errors
    /// When the clinic does not exist or the name is empty.
    pub fn add_location(&self, clinic: ClinicId, name: &str) -> Result<LocationId, DirectoryError> {
        let new = NewLocation { clinic, name: name.to_owned() };
        let directory = self.0.directory.clone();
        self.0.write_as_operator("location.create", move |tx| {
            let row = directory.add_location(tx, UserId::OPERATOR, &new)?;
            Ok((row.id, format!("location/{}", row.id)))
        })
    }

    /// Draws a one-time enrolment code.
    ///
    /// # Errors
    /// When clinic or location do not exist.
    pub fn draw_code(&self, clinic: ClinicId, location: LocationId) -> Result<String, DirectoryError> {
        Ok(self.0.desk.draw_code(clinic, Some(location), "operator")?.code.to_string())
    }
}
