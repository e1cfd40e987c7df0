//! Printing answers: one JSON value, or lines for people.

use serde::Serialize;

use super::Format;

/// Prints `value` as JSON, or what `human` says.
pub(super) fn print<T: Serialize>(format: Format, value: &T, human: impl FnOnce(&T)) -> anyhow::Result<()> {
    if format.json {
        println!("{}", serde_json::to_string_pretty(value)?);
    } else {
        human(value);
    }
    Ok(())
}

/// A moment for people, in UTC.
pub(super) fn moment(at_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at_ms)
        .map_or_else(|| "-".into(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}
