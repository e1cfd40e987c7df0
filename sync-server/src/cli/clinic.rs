//! `clinic add|list`.

use clap::{Args, Subcommand};
use posto_domain::{ClinicId, UserId};
use serde::Serialize;

use super::{Data, Format, outcome};
use crate::directory::{DirectoryError, NewClinic};
use crate::storage::DbError;
use crate::storage::table::clinic::{self, ClinicRow};

/// Clinics.
#[derive(Subcommand)]
pub(super) enum Clinic {
    /// Add a clinic; prints its id
    Add(Add),
    /// List all clinics
    List(List),
}

#[derive(Args)]
pub(super) struct Add {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Its name
    #[arg(long, value_name = "N")]
    name: String,
    /// Its jurisdiction pack: BR, US
    #[arg(long, value_name = "CODE")]
    jurisdiction: String,
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Answer {
    id: ClinicId,
    name: String,
    jurisdiction: String,
}

impl From<ClinicRow> for Answer {
    fn from(row: ClinicRow) -> Self {
        Self { id: row.id, name: row.name, jurisdiction: row.jurisdiction }
    }
}

impl Clinic {
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
        let new = NewClinic { name: self.name, jurisdiction: self.jurisdiction };
        let row = installation.write_as_operator("clinic.create", move |tx| {
            let row = directory.add_clinic(tx, UserId::OPERATOR, &new)?;
            let resource = format!("clinic/{}", row.id);
            Ok::<_, DirectoryError>((row, resource))
        })?;
        outcome::print(self.format, &Answer::from(row), |clinic| println!("{}  {}", clinic.id, clinic.name))
    }
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let rows = self.data.open()?.db.read_blocking::<_, DbError, _>(clinic::list)?;
        let answers: Vec<Answer> = rows.into_iter().map(Answer::from).collect();
        outcome::print(self.format, &answers, |clinics| {
            clinics
                .iter()
                .for_each(|clinic| println!("{}  {}  {}", clinic.id, clinic.jurisdiction, clinic.name));
        })
    }
}
