//! `clinic-node init`: a clinic without a server.

use clap::Args;
use posto_domain::clinic::Clinic;
use posto_domain::location::Location;
use posto_domain::role_grant::Role;
use serde::Serialize;

use super::user::{self, NewUser};
use super::{Common, Outcome, outcome};
use crate::app;
use crate::app::pen::Pen;
use crate::identity::{Identity, Membership, Named, Place};
use crate::ports::Ports;

/// Starts a clinic on this machine alone, without a server.
#[derive(Debug, Args)]
#[command(after_help = "\
The first administrator's sign-in name and password are printed once; POSTO_ADMIN_PASSWORD sets the password instead.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the folder already holds a node")]
pub(super) struct Init {
    #[command(flatten)]
    common: Common,
    /// The clinic's name.
    #[arg(long, value_name = "NAME")]
    clinic: String,
    /// Whose rules hold: BR, US.
    #[arg(long, value_name = "CODE")]
    jurisdiction: String,
    /// The first location's name; the clinic's unless given.
    #[arg(long, value_name = "NAME")]
    location: Option<String>,
    /// The first administrator's name.
    #[arg(long, value_name = "NAME", default_value = "Admin")]
    admin_name: String,
}

#[derive(Debug, Serialize)]
struct Initialised {
    node_id: String,
    clinic_id: String,
    location_id: String,
    admin: NewUser,
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let data = self.common.data();
        Identity::refuse_if_taken(&data)?;
        let jurisdiction = app::known_jurisdiction(&self.jurisdiction)?;
        let ports = Ports::system();
        data.create()?;
        app::create_database(&data)?;
        let place = self.place(&jurisdiction, &ports)?;
        let identity = Identity { place, membership: Membership::Standalone };
        let config = self.common.config()?;
        let app = app::App::open_as(data.clone(), config, ports, identity.clone())?;
        let place = &identity.place;
        app.write_directory(&Clinic::new(place.clinic.id, self.clinic.clone(), jurisdiction))?;
        for location in &place.locations {
            app.write_directory(&Location::new(location.id, place.clinic.id, location.name.clone()))?;
        }
        app.reserve_all_numbers()?;
        let admin = user::add(&app, &self.admin_name, Role::ClinicAdmin, "POSTO_ADMIN_PASSWORD")?;
        // The identity goes last: a folder that has one is complete.
        place.save_standalone(&data.standalone())?;
        let report = Initialised {
            node_id: place.node.id.to_string(),
            clinic_id: place.clinic.id.to_string(),
            location_id: place.locations.first().map(|location| location.id.to_string()).unwrap_or_default(),
            admin,
        };
        outcome::print(self.common.json, &report, |report| {
            format!(
                "The clinic {} is ready.\n{}\nNext: clinic-node serve --data {}",
                self.clinic,
                user::words(&report.admin),
                data.path().display()
            )
        })?;
        Ok(Outcome::Done)
    }

    fn place(&self, jurisdiction: &str, ports: &Ports) -> anyhow::Result<Place> {
        // The pen of a node that has no id yet only draws ids.
        let pen = Pen::new(posto_domain::NodeId::NIL, ports)?;
        let location = self.location.clone().unwrap_or_else(|| self.clinic.clone());
        Ok(Place {
            node: Named { id: pen.id(), name: location.clone() },
            clinic: Named { id: pen.id(), name: self.clinic.clone() },
            locations: vec![Named { id: pen.id(), name: location }],
            jurisdiction: Some(jurisdiction.to_owned()),
        })
    }
}
