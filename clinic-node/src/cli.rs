//! The command line: what each command takes, prints and exits with.

mod audit;
mod backup;
mod doctor;
mod enroll;
mod export;
mod import;
mod init;
mod outcome;
mod rebuild;
mod serve;
mod status;
mod sync;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::config::Config;
use crate::control::ask;
use crate::data_dir::DataDir;
use crate::operations::Operation;
use crate::ports::Ports;

pub(crate) use outcome::Failure;
use outcome::Outcome;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; the message says why
  2  wrong arguments
  3  the data folder cannot be used: no node in it, a node already in it, in use by another process, wrong key
  4  the server cannot be reached, refuses this node, or both sides are not equal yet
  5  a check found something: doctor, audit verify; or `import --strict` left entries out

Every command takes --data DIR (or POSTO_DATA) and, where it reports, --json.";

/// The local node of a clinic: works offline, syncs with the server when it can.
#[derive(Debug, Parser)]
#[command(name = "clinic-node", version, about, after_help = EXIT_CODES, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Enroll(enroll::Enroll),
    Serve(serve::Serve),
    Sync(sync::Sync),
    Import(import::Import),
    Export(export::Export),
    Status(status::Status),
    Doctor(doctor::Doctor),
    Rebuild(rebuild::Rebuild),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Audit(audit::Audit),
    User(user::User),
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// The node's data folder.
    #[arg(long, value_name = "DIR", env = "POSTO_DATA")]
    data: PathBuf,
    /// Report as JSON on standard output.
    #[arg(long)]
    json: bool,
}

impl Common {
    fn data(&self) -> DataDir {
        DataDir::new(&self.data)
    }

    fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::load(&self.data().config(), |name| std::env::var(name).ok())?)
    }

    /// Opens the node of the data folder.
    fn open(&self) -> anyhow::Result<Arc<App>> {
        let config = self.config()?;
        let app = App::open(self.data(), config, Ports::system());
        app.map_err(anyhow::Error::from).with_context(|| format!("cannot open {}", self.data.display()))
    }

    /// Does this on the folder, or lets the node do it that runs on the folder now.
    fn carry_out<R: DeserializeOwned>(&self, operation: Operation) -> anyhow::Result<R> {
        let report = match self.open() {
            Ok(app) => operation.carry_out(&app)?,
            Err(error) if Failure::is_in_use(&error) => ask::ask(&self.data(), operation)?,
            Err(error) => return Err(error),
        };
        Ok(serde_json::from_value(report)?)
    }
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Init(command) => command.run(),
        Command::Enroll(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Sync(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Status(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Rebuild(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Audit(command) => command.run(),
        Command::User(command) => command.run(),
    };
    match result {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => Failure::of(&error).report(&error),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
