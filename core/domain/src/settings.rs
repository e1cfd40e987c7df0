//! The numbers a clinic may change, with their defaults, and how setting records change them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::date::PartialDate;
use crate::id::LocationId;
use crate::lockout::LockoutPolicy;
use crate::password::PasswordPolicy;
use crate::setting::Setting;

/// Every setting. A record's key is the dotted path of a field here (`session.idle_minutes`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub session: SessionSettings,
    pub desk: DeskSettings,
    pub lockout: LockoutPolicy,
    pub passwords: PasswordPolicy,
    pub record_numbers: RecordNumberSettings,
    pub duplicates: DuplicateSettings,
    pub break_glass: BreakGlassSettings,
    pub clock: ClockSettings,
}

/// How long somebody stays signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionSettings {
    /// Without activity the PIN is asked for, in minutes.
    pub idle_minutes: u32,
    /// The password is asked for again, in hours.
    pub hours_max: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { idle_minutes: 15, hours_max: 12 }
    }
}

/// What a desk may do by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeskSettings {
    /// A desk that has not synced for so many days asks for an administrator.
    pub offline_days_max: u32,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self { offline_days_max: 30 }
    }
}

/// Record numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordNumberSettings {
    /// How many numbers a node gets at a time.
    pub range_size: u32,
}

impl Default for RecordNumberSettings {
    fn default() -> Self {
        Self { range_size: crate::record_number::RANGE_SIZE_DEFAULT as u32 }
    }
}

/// Possible duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DuplicateSettings {
    /// Scores of this and more are shown, of 100.
    pub show_from: u8,
}

impl Default for DuplicateSettings {
    fn default() -> Self {
        Self { show_from: crate::duplicates::SHOW_FROM }
    }
}

/// Access in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BreakGlassSettings {
    /// How long a declared emergency lasts, in hours.
    pub hours: u32,
}

impl Default for BreakGlassSettings {
    fn default() -> Self {
        Self { hours: 3 }
    }
}

/// The desk's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClockSettings {
    /// From this skew on the desk warns, in seconds.
    pub skew_warning_s: u32,
}

impl Default for ClockSettings {
    fn default() -> Self {
        Self { skew_warning_s: 120 }
    }
}

/// A setting record that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingFault {
    #[error("there is no setting with this key")]
    UnknownKey,
    #[error("the value does not fit the setting")]
    WrongValue,
}

impl Settings {
    /// The settings that hold at `location` on `today`. For each key the record with the latest
    /// `effective_from` that has begun wins; one for the location wins over one for the whole clinic.
    /// Records that do not fit are passed over: a newer version may know them.
    pub fn effective<'s>(
        records: impl IntoIterator<Item = &'s Setting>,
        location: Option<LocationId>,
        today: NaiveDate,
    ) -> Self {
        let mut holding: Vec<&Setting> = records
            .into_iter()
            .filter(|record| record.location.is_none() || record.location == location)
            .filter(|record| begins(record).is_none_or(|day| day <= today))
            .collect();
        // The id decides between equals, so that every node comes to the same answer.
        holding.sort_by_key(|record| (record.location.is_some(), begins(record), record.id));
        let mut settings = Self::default();
        for record in holding {
            if let Ok(changed) = settings.with(&record.key, &record.value) {
                settings = changed;
            }
        }
        settings
    }

    /// The same settings with the value (JSON text) at `key` changed.
    pub fn with(&self, key: &str, value: &str) -> Result<Self, SettingFault> {
        let mut all = serde_json::to_value(self).map_err(|_| SettingFault::WrongValue)?;
        let place =
            key.split('.').try_fold(&mut all, |at, name| at.get_mut(name)).ok_or(SettingFault::UnknownKey)?;
        if place.is_object() {
            return Err(SettingFault::UnknownKey);
        }
        *place = serde_json::from_str::<Value>(value).map_err(|_| SettingFault::WrongValue)?;
        serde_json::from_value(all).map_err(|_| SettingFault::WrongValue)
    }
}

fn begins(record: &Setting) -> Option<NaiveDate> {
    record.effective_from.as_ref().and_then(PartialDate::earliest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::DocumentId;

    const HERE: LocationId = LocationId::from_bytes([1; 16]);

    fn setting(number: u8, value: &str, location: Option<LocationId>, from: Option<&str>) -> Setting {
        Setting {
            id: DocumentId::from_bytes([number; 16]),
            key: "session.idle_minutes".into(),
            value: value.into(),
            location,
            effective_from: from.map(PartialDate::from),
        }
    }

    fn idle_minutes(records: &[Setting]) -> u32 {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        Settings::effective(records, Some(HERE), today).session.idle_minutes
    }

    #[test]
    fn the_nearest_and_newest_that_has_begun_holds() {
        let mut records = vec![setting(1, "20", None, None)];
        assert_eq!(idle_minutes(&[]), 15);
        assert_eq!(idle_minutes(&records), 20);
        records.push(setting(2, "25", None, Some("2026-11-20")));
        records.push(setting(3, "30", None, Some("2026-11-21")));
        assert_eq!(idle_minutes(&records), 25);
        records.push(setting(4, "5", Some(HERE), None));
        records.push(setting(5, "1", Some(LocationId::from_bytes([2; 16])), None));
        assert_eq!(idle_minutes(&records), 5);
        records.reverse();
        assert_eq!(idle_minutes(&records), 5);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_passed_over() {
        let settings = Settings::default();
        assert_eq!(settings.with("session.idle_minutes", "\"long\""), Err(SettingFault::WrongValue));
        assert_eq!(settings.with("session.idle_minutes", "-1"), Err(SettingFault::WrongValue));
        assert_eq!(settings.with("session.coffee", "1"), Err(SettingFault::UnknownKey));
        assert_eq!(settings.with("session", "{}"), Err(SettingFault::UnknownKey));
        assert_eq!(idle_minutes(&[setting(1, "-1", None, None)]), 15);
        assert_eq!(settings.with("lockout.free_tries", "2").map(|changed| changed.lockout.free_tries), Ok(2));
    }
}
