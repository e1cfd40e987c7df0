//! Moments as the API writes them.

use chrono::{DateTime, Utc};

/// Milliseconds since 1970 as a moment; what lies outside of the calendar is its nearest end.
pub(crate) fn utc(at_ms: i64) -> DateTime<Utc> {
    let nearest = if at_ms < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp_millis(at_ms).unwrap_or(nearest)
}
