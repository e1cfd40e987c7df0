//! The `sync-server` command line.
//!
//! Exit codes: 0 done, 1 failed (the message on standard error says what and what was kept), 2 the command
//! line is wrong. With `--json` the answer on standard output is one JSON value.

mod backup;
mod clinic;
mod doctor;
mod enroll_code;
mod erase;
mod init;
mod location;
mod node;
mod outcome;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::clock::Clock;
use crate::data_folder::DataFolder;
use crate::installation::Installation;

/// Posto's central server.
#[derive(Parser)]
#[command(name = "sync-server", version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 done; 1 failed, the message says what and what was kept; 2 the command line is wrong.";

#[derive(Subcommand)]
enum Command {
    /// Make a new installation: certificate authority, database, first administrator
    Init(init::Init),
    /// Serve nodes and the console
    Serve(serve::Serve),
    /// Clinics
    #[command(subcommand)]
    Clinic(clinic::Clinic),
    /// Locations of a clinic
    #[command(subcommand)]
    Location(location::Location),
    /// Draw a one-time code with which a node enrols
    EnrollCode(enroll_code::EnrollCode),
    /// Nodes
    #[command(subcommand)]
    Node(node::Node),
    /// People who sign in: at a clinic's nodes, or at the console
    #[command(subcommand)]
    User(user::User),
    /// Erase a document everywhere, for good
    Erase(erase::Erase),
    /// Check the installation
    Doctor(doctor::Doctor),
    /// Copy database and certificate authority into one file, also while the server runs
    Backup(backup::Backup),
    /// Put a backup back into an empty folder
    Restore(backup::Restore),
}

/// Which installation.
#[derive(Args)]
struct Data {
    /// The server's data folder
    #[arg(long, value_name = "DIR", env = "POSTO_SERVER_DATA")]
    data: PathBuf,
}

impl Data {
    fn folder(&self) -> DataFolder {
        DataFolder::new(&self.data)
    }

    fn open(&self) -> anyhow::Result<Installation> {
        Ok(Installation::open(self.folder(), Clock::system())?)
    }

    fn open_as_it_is(&self) -> anyhow::Result<Installation> {
        Ok(Installation::open_as_it_is(self.folder(), Clock::system())?)
    }
}

/// How to answer.
#[derive(Args, Clone, Copy)]
struct Format {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            // The whole chain: it names operations, never contents.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(serve) => return serve.run().map(|()| ExitCode::SUCCESS),
        Command::Doctor(doctor) => return doctor.run(),
        Command::Init(init) => init.run(),
        Command::Clinic(clinic) => clinic.run(),
        Command::Location(location) => location.run(),
        Command::EnrollCode(code) => code.run(),
        Command::Node(node) => node.run(),
        Command::User(user) => user.run(),
        Command::Erase(erase) => erase.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
    }
    .map(|()| ExitCode::SUCCESS)
}
