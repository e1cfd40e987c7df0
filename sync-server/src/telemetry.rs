//! Logs of the process: to standard error, without names, bodies, texts or tokens.
//!
//! Redaction is by construction: events carry ids, codes, counts and durations only, and errors name operations.

use tracing_subscriber::EnvFilter;

/// The filter in `POSTO_LOG` is not one.
#[derive(Debug, thiserror::Error)]
#[error("POSTO_LOG is not a filter such as `info` or `info,sync_server=debug`")]
pub(crate) struct BadFilter;

/// Starts logging for this process: level by `POSTO_LOG`, JSON lines with `POSTO_LOG_FORMAT=json`.
pub(crate) fn start() -> Result<(), BadFilter> {
    let filter =
        std::env::var("POSTO_LOG").unwrap_or_else(|_| "info,automerge=warn,quinn=warn,rustls=warn".into());
    let filter = EnvFilter::try_new(filter).map_err(|_| BadFilter)?;
    let json = std::env::var("POSTO_LOG_FORMAT").is_ok_and(|format| format == "json");
    let layer = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if json { layer.json().try_init() } else { layer.try_init() };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
    Ok(())
}
