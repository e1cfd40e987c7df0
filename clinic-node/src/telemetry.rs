//! Logs of the process: to standard error, without names, bodies, texts or tokens.
//!
//! Redaction is by construction: spans and events carry ids, codes, counts and durations only; nothing that
//! holds a record's content implements a `Debug` that prints it, and errors name operations.

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// The filter of the configuration is not one.
#[derive(Debug, thiserror::Error)]
#[error("log.filter (or POSTO_LOG) is not a filter such as `info` or `info,posto_sync=debug`")]
pub struct BadFilter;

/// Starts logging for this process. A second call (in tests) changes nothing.
///
/// # Errors
/// [`BadFilter`].
pub fn start(log: &Log) -> Result<(), BadFilter> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|_| BadFilter)?;
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let layer =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_terminal);
    let started = if log.json { layer.json().try_init() } else { layer.try_init() };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
    Ok(())
}
