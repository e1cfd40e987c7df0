//! `location add|list`.

use clap::{Args, Subcommand};
use posto_domain::{ClinicId, LocationId, UserId};
use serde::Serialize;

use super::{Data, Format, outcome};
use crate::directory::{DirectoryError, NewLocation};
use crate::storage::DbError;
use crate::storage::table::location::{self, LocationRow};

/// Locations of a clinic.
#[derive(Subcommand)]
pub(super) enum Location {
    /// Add a location; prints its id
    Add(Add),
    /// List locations
    List(List),
}

#[derive(Args)]
pub(super) struct Add {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Of which clinic
    #[arg(long, value_name = "ID")]
    clinic: ClinicId,
    /// Its name
    #[arg(long, value_name = "N")]
    name: String,
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Only this clinic's
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
}

#[derive(Serialize)]
struct Answer {
    id: LocationId,
    clinic: ClinicId,
    name: String,
}

impl From<LocationRow> for Answer {
    fn from(row: LocationRow) -> Self {
        Self { id: row.id, clinic: row.clinic, name: row.name }
    }
}

impl Location {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(),
            Self::List(list) => list.run(),
        }
    }
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let installation = self.data.open()?;
        let directory = installation.directory.clone();
        let new = NewLocation { clinic: self.clinic, name: self.name };
        let row = installation.write_as_operator("location.create", move |tx| {
            let row = directory.add_location(tx, UserId::OPERATOR, &new)?;
            let resource = format!("location/{}", row.id);
            Ok::<_, DirectoryError>((row, resource))
        })?;
        outcome::print(self.format, &Answer::from(row), |location| {
            println!("{}  {}", location.id, location.name)
        })
    }
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let clinic = self.clinic;
        let rows = self.data.open()?.db.read_blocking::<_, DbError, _>(|tx| location::list(tx, clinic))?;
        let answers: Vec<Answer> = rows.into_iter().map(Answer::from).collect();
        outcome::print(self.format, &answers, |locations| {
            locations
                .iter()
                .for_each(|location| println!("{}  {}  {}", location.clinic, location.id, location.name));
        })
    }
}
