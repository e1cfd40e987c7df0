//! Scopes: the replicated sets of changes a document can belong to.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{ClinicId, LocationId, NodeId};

/// A replicated set of changes. Text form: `clinic/<ulid>`, `location/<ulid>`,
/// `directory/<clinic ulid>`, `local/<node ulid>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// What all locations of a clinic share.
    Clinic(ClinicId),
    /// What happens at one place.
    Location(LocationId),
    /// Users, roles, devices and settings of a clinic: written by the server only.
    Directory(ClinicId),
    /// What never leaves this node, such as users added on the machine itself.
    Local(NodeId),
}

/// A scope without its owner: what the kind table speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    Clinic,
    Location,
    Directory,
    Local,
}

impl ScopeKind {
    /// The first segment of the text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Location => "location",
            Self::Directory => "directory",
            Self::Local => "local",
        }
    }
}

impl Scope {
    /// Which sort of scope this is.
    pub const fn kind(self) -> ScopeKind {
        match self {
            Self::Clinic(_) => ScopeKind::Clinic,
            Self::Location(_) => ScopeKind::Location,
            Self::Directory(_) => ScopeKind::Directory,
            Self::Local(_) => ScopeKind::Local,
        }
    }
}

/// A text that names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a scope: clinic/…, location/…, directory/… or local/… and an id were expected")]
pub struct InvalidScope;

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.kind().name();
        match self {
            Self::Clinic(id) | Self::Directory(id) => write!(f, "{name}/{id}"),
            Self::Location(id) => write!(f, "{name}/{id}"),
            Self::Local(id) => write!(f, "{name}/{id}"),
        }
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;
    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        let (name, id) = text.split_once('/').ok_or(InvalidScope)?;
        let scope = match name {
            "clinic" => id.parse().map(Self::Clinic),
            "location" => id.parse().map(Self::Location),
            "directory" => id.parse().map(Self::Directory),
            "local" => id.parse().map(Self::Local),
            _ => return Err(InvalidScope),
        };
        scope.map_err(|_| InvalidScope)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_round_trips_and_fits_its_limit() {
        let id = [9; 16];
        for scope in [
            Scope::Clinic(ClinicId::from_bytes(id)),
            Scope::Location(LocationId::from_bytes(id)),
            Scope::Directory(ClinicId::from_bytes(id)),
            Scope::Local(NodeId::from_bytes(id)),
        ] {
            let text = scope.to_string();
            assert_eq!(text.parse(), Ok(scope));
            assert!(text.len() <= 64);
        }
        for text in ["", "clinic", "clinic/", "clinic/x", "planet/01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            assert_eq!(text.parse::<Scope>(), Err(InvalidScope), "{text}");
        }
    }
}
