//! Dates as clinics know them: whole, or only a month, or only a year; and instants.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Unix time in milliseconds, UTC.
pub type TimestampMs = i64;

/// A date of which the day, or the month too, may be unknown. Serde form: `2001`, `2001-04` or `2001-04-09`.
///
/// A text that is no date (31 February) is kept as [`PartialDate::Unreadable`], so that a record
/// that holds one can still be opened; validation reports it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    /// Only the year is known.
    Year(i32),
    /// Year and month (1-12) are known.
    Month(i32, u32),
    /// The whole date.
    Day(NaiveDate),
    /// Not a date, kept as it came.
    Unreadable(String),
}

/// A text that is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date: YYYY, YYYY-MM or YYYY-MM-DD was expected")]
pub struct InvalidDate;

impl PartialDate {
    /// The whole date, if it is one.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(*day),
            _ => None,
        }
    }

    /// The first day it can mean.
    pub fn earliest(&self) -> Option<NaiveDate> {
        match self {
            Self::Year(year) => NaiveDate::from_ymd_opt(*year, 1, 1),
            Self::Month(year, month) => NaiveDate::from_ymd_opt(*year, *month, 1),
            Self::Day(day) => Some(*day),
            Self::Unreadable(_) => None,
        }
    }

    /// The last day it can mean.
    pub fn latest(&self) -> Option<NaiveDate> {
        match self {
            Self::Year(year) => NaiveDate::from_ymd_opt(*year, 12, 31),
            Self::Month(year, month) => {
                let (next_year, next_month) = if *month == 12 { (year + 1, 1) } else { (*year, month + 1) };
                NaiveDate::from_ymd_opt(next_year, next_month, 1)?.pred_opt()
            }
            Self::Day(day) => Some(*day),
            Self::Unreadable(_) => None,
        }
    }

    /// The year, unless unreadable.
    pub fn year(&self) -> Option<i32> {
        match self {
            Self::Year(year) | Self::Month(year, _) => Some(*year),
            Self::Day(day) => Some(day.year()),
            Self::Unreadable(_) => None,
        }
    }

    /// Whole years lived on `today`, when the date says enough to know a lower bound.
    pub fn age_years(&self, today: NaiveDate) -> Option<u32> {
        today.years_since(self.latest()?)
    }

    /// Whether both can mean the same day: `1980` is compatible with `1980-03-02`.
    pub fn is_compatible_with(&self, other: &Self) -> bool {
        match (self.earliest(), self.latest(), other.earliest(), other.latest()) {
            (Some(a0), Some(a1), Some(b0), Some(b1)) => a0 <= b1 && b0 <= a1,
            _ => false,
        }
    }
}

/// The day of a FHIR date or dateTime (`2019-04-02T08:30:00-03:00`) as written, by its own offset; the
/// first day it can mean where it is partial.
pub fn moment_day(text: &str) -> Option<NaiveDate> {
    match text.split_once('T') {
        None => PartialDate::from(text).earliest(),
        Some((day, _)) if chrono::DateTime::parse_from_rfc3339(text).is_ok() => PartialDate::from(day).day(),
        Some(_) => None,
    }
}

impl FromStr for PartialDate {
    type Err = InvalidDate;
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let digits = |part: &str, len: usize| -> Result<u32, InvalidDate> {
            if part.len() != len || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(InvalidDate);
            }
            part.parse().map_err(|_| InvalidDate)
        };
        let mut parts = text.splitn(3, '-');
        let year = digits(parts.next().unwrap_or_default(), 4)? as i32;
        if year == 0 {
            return Err(InvalidDate);
        }
        let Some(month) = parts.next() else { return Ok(Self::Year(year)) };
        let month = digits(month, 2)?;
        let Some(day) = parts.next() else {
            return if (1..=12).contains(&month) { Ok(Self::Month(year, month)) } else { Err(InvalidDate) };
        };
        NaiveDate::from_ymd_opt(year, month, digits(day, 2)?).map(Self::Day).ok_or(InvalidDate)
    }
}

impl From<&str> for PartialDate {
    fn from(text: &str) -> Self {
        text.parse().unwrap_or_else(|InvalidDate| Self::Unreadable(text.to_owned()))
    }
}

impl From<NaiveDate> for PartialDate {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => write!(f, "{}", day.format("%Y-%m-%d")),
            Self::Unreadable(text) => f.write_str(text),
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        Ok(Self::from(text.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_date_is_kept_and_known_as_such() {
        for text in
            ["2024-02-31", "2024-13", "0000", "2024-2-3", "12/03/1980", "", "2024-02-03T10:00:00Z", "+2024"]
        {
            assert_eq!(PartialDate::from(text), PartialDate::Unreadable(text.to_owned()));
            assert_eq!(PartialDate::from(text).to_string(), text);
        }
        assert_eq!(PartialDate::from("2024-02-29").day(), NaiveDate::from_ymd_opt(2024, 2, 29));
    }

    #[test]
    fn partial_dates_cover_their_span() {
        let month = PartialDate::from("1980-02");
        assert_eq!(month.latest(), NaiveDate::from_ymd_opt(1980, 2, 29));
        assert_eq!(PartialDate::from("1980-12").latest(), NaiveDate::from_ymd_opt(1980, 12, 31));
        assert!(month.is_compatible_with(&PartialDate::from("1980-02-11")));
        assert!(!month.is_compatible_with(&PartialDate::from("1980-03-01")));
        assert!(PartialDate::from("1980").is_compatible_with(&month));
        let today = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        assert_eq!(PartialDate::from("1980-06-01").age_years(today), Some(46));
        assert_eq!(PartialDate::from("1980").age_years(today), Some(45));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_it_went_in(text in any::<String>()) {
            prop_assert_eq!(PartialDate::from(text.as_str()).to_string(), text);
        }

        #[test]
        fn any_date_like_text_comes_back_as_it_went_in(text in "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?") {
            prop_assert_eq!(PartialDate::from(text.as_str()).to_string(), text);
        }
    }
}
