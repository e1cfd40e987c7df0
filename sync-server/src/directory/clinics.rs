//! Clinics and their locations: rows, scopes and directory documents in one transaction.

use posto_domain::clinic::Clinic;
use posto_domain::location::Location;
use posto_domain::{ClinicId, LocationId, Scope, UserId};
use posto_sync::Epoch;

use super::{Directory, DirectoryError};
use crate::random;
use crate::storage::Tx;
use crate::storage::table::clinic::ClinicRow;
use crate::storage::table::location::LocationRow;
use crate::storage::table::{clinic, location, scope};

/// Longest name of a clinic, location, node or person, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 200;

/// A clinic to be.
#[derive(Debug, Clone)]
pub(crate) struct NewClinic {
    pub name: String,
    /// Code of the jurisdiction pack, such as `BR`.
    pub jurisdiction: String,
}

/// A location to be.
#[derive(Debug, Clone)]
pub(crate) struct NewLocation {
    pub clinic: ClinicId,
    pub name: String,
}

impl Directory {
    /// Makes a clinic with its two scopes.
    pub(crate) fn add_clinic(
        &self,
        tx: &Tx<'_>,
        author: UserId,
        new: &NewClinic,
    ) -> Result<ClinicRow, DirectoryError> {
        let name = checked_name(&new.name)?;
        let jurisdiction = new.jurisdiction.trim().to_ascii_uppercase();
        if !self.jurisdictions.iter().any(|pack| pack.code == jurisdiction) {
            return Err(DirectoryError::rule("jurisdiction", "unknown"));
        }
        let row = ClinicRow { id: self.draw(), name, jurisdiction, created_at_ms: self.now_ms() };
        clinic::insert(tx, &row)?;
        for new_scope in [Scope::Directory(row.id), Scope::Clinic(row.id)] {
            scope::insert(tx, new_scope, row.id, Epoch(random::bytes()?))?;
        }
        self.create(
            tx,
            Scope::Directory(row.id),
            author,
            &Clinic::new(row.id, &row.name, &row.jurisdiction),
        )?;
        Ok(row)
    }

    /// Makes a location with its scope.
    pub(crate) fn add_location(
        &self,
        tx: &Tx<'_>,
        author: UserId,
        new: &NewLocation,
    ) -> Result<LocationRow, DirectoryError> {
        let name = checked_name(&new.name)?;
        clinic::get(tx, new.clinic)?.ok_or(DirectoryError::Missing("clinic"))?;
        let row = LocationRow {
            id: self.draw::<LocationId>(),
            clinic: new.clinic,
            name,
            created_at_ms: self.now_ms(),
        };
        location::insert(tx, &row)?;
        scope::insert(tx, Scope::Location(row.id), row.clinic, Epoch(random::bytes()?))?;
        self.create(tx, Scope::Directory(row.clinic), author, &Location::new(row.id, row.clinic, &row.name))?;
        Ok(row)
    }
}

/// A name as a person typed it, or why it is none.
pub(crate) fn checked_name(name: &str) -> Result<String, DirectoryError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(DirectoryError::rule("name", "required"));
    }
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(DirectoryError::rule("name", "too_long"));
    }
    Ok(name.to_owned())
}
