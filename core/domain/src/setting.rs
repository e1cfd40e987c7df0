//! A setting: a number or choice a clinic may change, with the day it takes effect.

use serde::{Deserialize, Serialize};

use crate::date::PartialDate;
use crate::id::{DocumentId, LocationId};
use crate::kind::Kind;
use crate::record::record;

/// A setting's value from a day on. The newest that has begun holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub id: DocumentId,
    /// Dotted name (`session.idle_minutes`).
    pub key: String,
    /// JSON text.
    pub value: String,
    /// Absent means every location of the clinic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// Absent means always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<PartialDate>,
}

record!(Setting, Kind::Setting);
