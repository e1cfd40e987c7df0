//! How a command ends: its exit code, its report, its message.

use std::io::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use crate::app::OpenError;
use crate::control::ask::AskError;
use crate::identity::IdentityError;

/// How a command that ran to its end went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// The sync is not finished, or the server could not be reached.
    NotInSync,
    /// A check found something.
    Found,
}

impl Outcome {
    pub(crate) fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::NotInSync => 4,
            Self::Found => 5,
        })
    }
}

/// Why a command did not run to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Other,
    DataFolder,
    Server,
}

impl Failure {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(store) = cause.downcast_ref::<posto_store::Error>() {
                use posto_store::Error as E;
                return match store {
                    E::InUse { .. }
                    | E::WrongKey
                    | E::KeyFile { .. }
                    | E::NewerSchema { .. }
                    | E::AlreadyExists { .. } => Self::DataFolder,
                    _ => Self::Other,
                };
            }
            if let Some(asked) = cause.downcast_ref::<AskError>() {
                return match asked {
                    AskError::Refused(refused) if !refused.data_folder => Self::Other,
                    _ => Self::DataFolder,
                };
            }
            if cause.downcast_ref::<posto_net::NetError>().is_some() {
                return Self::Server;
            }
            if let Some(IdentityError::None { .. } | IdentityError::Taken { .. }) = cause.downcast_ref() {
                return Self::DataFolder;
            }
            if let Some(OpenError::NoDatabase { .. }) = cause.downcast_ref() {
                return Self::DataFolder;
            }
        }
        Self::Other
    }

    /// Whether another process works on the data folder.
    pub(crate) fn is_in_use(error: &anyhow::Error) -> bool {
        let in_use = |cause: &posto_store::Error| matches!(cause, posto_store::Error::InUse { .. });
        error.chain().filter_map(|cause| cause.downcast_ref()).any(in_use)
    }

    /// What went wrong, the general first and the cause last.
    pub(crate) fn message(error: &anyhow::Error) -> String {
        let mut message = String::new();
        for cause in error.chain() {
            let text = cause.to_string();
            // Some errors repeat their source.
            if !message.ends_with(&text) {
                if !message.is_empty() {
                    message.push_str(": ");
                }
                message.push_str(&text);
            }
        }
        message
    }

    /// Says on standard error what went wrong.
    pub(crate) fn report(self, error: &anyhow::Error) -> ExitCode {
        drop(writeln!(std::io::stderr(), "clinic-node: {}", Self::message(error)));
        ExitCode::from(match self {
            Self::Other => 1,
            Self::DataFolder => 3,
            Self::Server => 4,
        })
    }
}

/// Prints a report: as one line of JSON, or in words.
pub(crate) fn print<R: Serialize>(
    json: bool,
    report: &R,
    words: impl FnOnce(&R) -> String,
) -> anyhow::Result<()> {
    let text = if json { serde_json::to_string(report)? } else { words(report) };
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()) {
        // A reader that has seen enough (`| head`) is no failure of ours.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}
