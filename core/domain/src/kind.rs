//! The kinds of documents: one table that says where each lives, who writes it and what its genesis holds.

use std::fmt;

use crate::scope::{Scope, ScopeKind};

mod table;

pub use table::KINDS;

/// What a document is. The code is part of the wire and disk formats and never changes meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Clinic,
    Location,
    User,
    RoleGrant,
    Device,
    Setting,
    Patient,
    Consent,
    CaregiverLink,
    Practitioner,
    Room,
    Chart,
    Attachment,
    ConflictTask,
    MergeRecord,
    /// A kind of a newer version: stored, replicated, not opened.
    Unknown(u16),
}

/// Who may write documents of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Writer {
    /// Only the server (in a local scope: the node that owns it).
    Server,
    /// Every node of the clinic.
    Nodes,
}

/// How a kind's facts are spread over documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// One document per subject.
    None,
    /// One document per subject and calendar year, and a next part when the budget is full.
    Year,
}

/// One row of the kind table.
#[derive(Debug)]
pub struct KindSpec {
    pub kind: Kind,
    /// Stable number on the wire and on disk.
    pub code: u16,
    /// Stable name in URLs, logs and policies.
    pub name: &'static str,
    /// The sort of scope it lives in (or [`ScopeKind::Local`] where [`Kind::may_live_in`] says so).
    pub scope: ScopeKind,
    pub writer: Writer,
    /// The newest schema version this software writes; its genesis is the base of every document.
    pub schema: u16,
    /// Paths (`.`-separated) of the maps the genesis creates, parents before children.
    pub containers: &'static [&'static str],
    /// Paths of the leaves that are Automerge Text; `*` stands for any one key.
    pub texts: &'static [&'static str],
    pub period: Period,
    /// What one document may weigh before it should be split, in bytes of its changes.
    pub budget_bytes: u64,
    /// The size at which an alarm is raised and further growth refused, in bytes.
    pub alarm_bytes: u64,
}

impl Kind {
    /// Every kind this version knows, in code order.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|spec| spec.kind)
    }

    /// The kind with this code; a code of a newer version is kept.
    pub fn from_code(code: u16) -> Self {
        KINDS.iter().find(|spec| spec.code == code).map_or(Self::Unknown(code), |spec| spec.kind)
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|spec| spec.name == name).map(|spec| spec.kind)
    }

    /// Its row of the table; a newer version's kind has none.
    pub fn spec(self) -> Option<&'static KindSpec> {
        KINDS.iter().find(|spec| spec.kind == self)
    }

    /// Stable number on the wire and on disk.
    pub fn code(self) -> u16 {
        match (self, self.spec()) {
            (Self::Unknown(code), _) => code,
            (_, Some(spec)) => spec.code,
            // Unreachable by the table test below, which finds every known kind in the table.
            (_, None) => u16::MAX,
        }
    }

    /// Stable name, `unknown` for a newer version's kind.
    pub fn name(self) -> &'static str {
        self.spec().map_or("unknown", |spec| spec.name)
    }

    /// Whether documents of this kind may live in `scope`. A standalone node keeps the directory in its
    /// local scope. A newer version's kind may live wherever it came from.
    pub fn may_live_in(self, scope: Scope) -> bool {
        match self.spec() {
            None => true,
            Some(spec) => {
                spec.scope == scope.kind()
                    || (spec.scope == ScopeKind::Directory && scope.kind() == ScopeKind::Local)
            }
        }
    }

    /// Whether a node may write documents of this kind in `scope`. Kinds of a newer version are taken
    /// from a newer node wherever nodes may write at all.
    pub fn node_may_write(self, scope: Scope) -> bool {
        match scope.kind() {
            ScopeKind::Directory => false,
            ScopeKind::Local => self.may_live_in(scope),
            ScopeKind::Clinic | ScopeKind::Location => {
                self.may_live_in(scope) && self.spec().is_none_or(|spec| spec.writer == Writer::Nodes)
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(code) => write!(f, "unknown-{code}"),
            known => f.write_str(known.name()),
        }
    }
}

impl KindSpec {
    /// Whether the leaf at `path` (one element per key) is Automerge Text.
    pub fn is_text(&self, path: &[&str]) -> bool {
        self.texts.iter().any(|pattern| matches_path(pattern, path))
    }

    /// Whether the genesis creates the map at `path`.
    pub fn is_container(&self, path: &[&str]) -> bool {
        self.containers.iter().any(|pattern| matches_path(pattern, path))
    }
}

/// Whether `.`-separated `pattern` with `*` for any one key matches all of `path`.
pub fn matches_path(pattern: &str, path: &[&str]) -> bool {
    let mut keys = path.iter();
    for segment in pattern.split('.') {
        match keys.next() {
            Some(key) if segment == "*" || segment == *key => {}
            _ => return false,
        }
    }
    keys.next().is_none()
}

#[cfg(test)]
mod tests;
