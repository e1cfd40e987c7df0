//! Clinics and locations at the console.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use posto_api::admin::{AdminClinic, EnrolmentCode};
use posto_api::session::Named;
use posto_domain::policy::{Action, Resource, ResourceKind};
use posto_domain::{ClinicId, Kind, LocationId};

use super::{Caller, Console, ConsoleError};
use crate::directory::{NewClinic, NewLocation};
use crate::storage::DbError;
use crate::storage::table::{clinic, kind_count, location, scope};
use crate::time::utc;

impl Console {
    /// The clinics that the caller may see, with their locations and figures.
    pub(crate) fn clinics(&self, caller: &Caller) -> Result<Vec<AdminClinic>, ConsoleError> {
        let (mut clinics, locations, scopes, counts) =
            self.installation.db.read_blocking::<_, DbError, _>(|tx| {
                Ok((clinic::list(tx)?, location::list(tx, None)?, scope::list(tx)?, kind_count::list(tx)?))
            })?;
        clinics.retain(|row| self.allows(caller, Action::Read, &Resource::of(ResourceKind::Clinic, row.id)));
        let owner: HashMap<_, _> = scopes.iter().map(|scope| (scope.id, scope.clinic)).collect();
        let mut figures: HashMap<ClinicId, BTreeMap<String, u64>> = HashMap::new();
        for count in counts {
            if let Some(clinic) = owner.get(&count.scope) {
                let kind = Kind::from_code(count.kind.0).to_string();
                *figures.entry(*clinic).or_default().entry(kind).or_default() += count.counts.documents;
            }
        }
        let shown = clinics.into_iter().map(|row| AdminClinic {
            id: row.id.to_string(),
            name: row.name,
            jurisdiction: row.jurisdiction,
            locations: locations
                .iter()
                .filter(|location| location.clinic == row.id)
                .map(|location| Named { id: location.id.to_string(), name: location.name.clone() })
                .collect(),
            counts: figures.remove(&row.id).unwrap_or_default(),
        });
        Ok(shown.collect())
    }

    pub(crate) fn add_clinic(&self, caller: &Caller, new: NewClinic) -> Result<AdminClinic, ConsoleError> {
        self.authorise(caller, Action::Create, &Resource::of_system(ResourceKind::Clinic))?;
        let (directory, author) = (Arc::clone(&self.installation.directory), caller.actor.user);
        let row = self.write(caller, "clinic.create", move |tx| {
            let row = directory.add_clinic(tx, author, &new)?;
            let touched = format!("clinic/{}", row.id);
            Ok((row, touched))
        })?;
        Ok(AdminClinic {
            id: row.id.to_string(),
            name: row.name,
            jurisdiction: row.jurisdiction,
            locations: Vec::new(),
            counts: BTreeMap::new(),
        })
    }

    pub(crate) fn add_location(&self, caller: &Caller, new: NewLocation) -> Result<Named, ConsoleError> {
        self.authorise(caller, Action::Create, &Resource::of(ResourceKind::Location, new.clinic))?;
        let (directory, author) = (Arc::clone(&self.installation.directory), caller.actor.user);
        let row = self.write(caller, "location.create", move |tx| {
            let row = directory.add_location(tx, author, &new)?;
            let touched = format!("location/{}", row.id);
            Ok((row, touched))
        })?;
        Ok(Named { id: row.id.to_string(), name: row.name })
    }

    pub(crate) fn draw_code(
        &self,
        caller: &Caller,
        clinic: ClinicId,
        location: Option<LocationId>,
    ) -> Result<EnrolmentCode, ConsoleError> {
        self.authorise(caller, Action::Enroll, &Resource::of(ResourceKind::Device, clinic))?;
        let fresh = self.installation.desk.draw_code(clinic, location, &caller.actor.user.to_string())?;
        self.note(caller, "enrolment_code.create", &format!("clinic/{clinic}"), "done")?;
        Ok(EnrolmentCode {
            code: fresh.code.to_string(),
            ca_fingerprint: fresh.authority.to_string(),
            expires_at: utc(fresh.expires_at_ms),
        })
    }
}
