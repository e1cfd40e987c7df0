//! Milliseconds to the instants of the API.

use chrono::{DateTime, Utc};

/// The instant of Unix milliseconds; one beyond the calendar becomes the epoch.
pub(crate) fn instant(unix_ms: u64) -> DateTime<Utc> {
    signed_instant(i64::try_from(unix_ms).unwrap_or(i64::MAX))
}

/// As [`instant`], for times that may lie before the epoch.
pub(crate) fn signed_instant(unix_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(unix_ms).unwrap_or_default()
}
