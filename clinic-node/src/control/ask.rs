//! The asking side: a command that found the data folder in use.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Answer, Door, LINE_BYTES_MAX, Request};
use crate::data_dir::DataDir;
use crate::operations::Operation;

/// What the running node answered instead of a report.
#[derive(Debug, Clone, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refused {
    pub(crate) message: String,
    /// Whether it is about a file or folder: exit code 3.
    pub(crate) data_folder: bool,
}

/// Why the running node could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// It is another command that works on the folder, or the node only starts or already stops.
    #[error(
        "another process works on {0}, and it answers no questions: is it starting, stopping, or an import?"
    )]
    NoAnswer(std::path::PathBuf, #[source] std::io::Error),
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Asks the node that runs on this folder. Waits as long as the node works on it: a backup takes its time.
pub(crate) fn ask(data: &DataDir, operation: Operation) -> Result<Value, AskError> {
    let answer =
        exchange(data, operation).map_err(|source| AskError::NoAnswer(data.path().to_owned(), source))?;
    match answer {
        Answer::Report(report) => Ok(report),
        Answer::Refused(refused) => Err(refused.into()),
    }
}

fn exchange(data: &DataDir, operation: Operation) -> std::io::Result<Answer> {
    let door = Door::read(&data.control())?;
    let mut stream = TcpStream::connect(door.address)?;
    let mut line = serde_json::to_vec(&Request { token: door.token, operation })?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream.take(LINE_BYTES_MAX)).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}
