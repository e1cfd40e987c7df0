//! FHIR's dates and times, checked against the calendar.

use std::str::FromStr;

use serde_json::Value;

use super::problem::{Problem, ProblemCode};
use crate::date::PartialDate;

/// Elements whose text is a date or time wherever they stand in a resource.
const NAMES: [&str; 14] = [
    "date",
    "start",
    "end",
    "issued",
    "authoredOn",
    "created",
    "recorded",
    "sent",
    "received",
    "started",
    "lastUpdated",
    "dateAsserted",
    "creation",
    "timestamp",
];
const ENDINGS: [&str; 3] = ["Date", "DateTime", "Instant"];

/// Deeper than any resource.
const DEPTH_MAX: usize = 48;

/// Whether a text is a FHIR date, dateTime or instant that exists.
pub(super) fn is_temporal(text: &str) -> bool {
    match text.split_once('T') {
        None => PartialDate::from_str(text).is_ok(),
        Some((day, time)) => PartialDate::from_str(day).is_ok_and(|day| day.day().is_some()) && is_time(time),
    }
}

/// `hh:mm`, seconds and fraction as in FHIR, then `Z` or an offset.
fn is_time(text: &str) -> bool {
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => return false,
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<Option<u32>> = clock.split(':').map(two_digits).collect();
    let in_day = matches!(parts.as_slice(),
        [Some(hour), Some(minute), seconds @ ..] if *hour < 24 && *minute < 60
            && matches!(seconds, [] | [Some(0..=60)]));
    let in_zone = zone == "Z"
        || zone.get(1..).and_then(|offset| offset.split_once(':')).is_some_and(|(hours, minutes)| {
            two_digits(hours).is_some_and(|hours| hours <= 14)
                && two_digits(minutes).is_some_and(|minutes| minutes < 60)
        });
    in_day && in_zone && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Checks every element that FHIR knows to be a date or time.
pub(super) fn check(resource: &Value) -> Result<(), Problem> {
    walk(resource, "", 0)
}

fn walk(value: &Value, path: &str, depth: usize) -> Result<(), Problem> {
    if depth > DEPTH_MAX {
        return Err(ProblemCode::WrongType.at(path.to_owned()));
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if is_temporal_name(key) && !is_temporal(text) => {
                        return Err(ProblemCode::InvalidDate.at(joined(path, key)));
                    }
                    Value::Object(_) | Value::Array(_) => walk(value, &joined(path, key), depth + 1)?,
                    _ => {}
                }
            }
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .filter(|item| matches!(item, Value::Object(_) | Value::Array(_)))
            .try_for_each(|item| walk(item, path, depth + 1)),
        _ => Ok(()),
    }
}

fn is_temporal_name(key: &str) -> bool {
    NAMES.contains(&key) || ENDINGS.iter().any(|ending| key.ends_with(ending))
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The date part of a date or time.
pub(super) fn day_of(text: &str) -> Option<PartialDate> {
    let day = text.split('T').next()?;
    PartialDate::from_str(day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn days_that_do_not_exist_are_found_wherever_they_stand() {
        let resource = json!({"entry": [{"period": {"start": "2019-02-31"}}]});
        assert_eq!(check(&resource), Err(ProblemCode::InvalidDate.at("entry.period.start")));
        assert!(check(&json!({"onsetDateTime": "2019-02-28T24:00:00Z"})).is_err());
        assert_eq!(check(&json!({"start": 5, "date": "2019"})), Ok(()));
    }

    #[test]
    fn times_as_fhir_writes_them() {
        for good in [
            "2019",
            "2019-02",
            "2019-02-28",
            "2015-02-07T13:28:17.239+02:00",
            "2017-01-01T00:00:00Z",
            "2017-01-01T09:30-03:00",
        ] {
            assert!(is_temporal(good), "{good}");
        }
        for bad in [
            "",
            "19",
            "2019-13",
            "2019-02-31",
            "2019-02-28T",
            "2019-02-28T10:00:00",
            "2019-02T10:00:00Z",
            "31.12.2019",
            "2017-01-01T00:00:00.Z",
            "2017-01-01T25:00:00Z",
        ] {
            assert!(!is_temporal(bad), "{bad}");
        }
    }
}
