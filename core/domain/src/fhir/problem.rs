//! Why a resource is not imported, with codes that stay the same from version to version.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// What is wrong with an entry. The text form is stable: scripts and screens read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemCode {
    /// Not JSON at all.
    NotJson,
    /// JSON, but not a resource: no object, or no `resourceType`.
    NotAResource,
    /// A bundle entry without a resource, such as a request to delete something.
    NoResource,
    /// An element of another type than FHIR says.
    WrongType,
    /// A date that does not exist, or is not written as FHIR writes dates.
    InvalidDate,
    /// A code outside a list that FHIR closes.
    InvalidCode,
    /// An `id` that FHIR does not allow.
    InvalidId,
    /// Larger than a document may be.
    TooLarge,
    /// The file or archive ends early or is damaged.
    DamagedFile,
    /// The file could not be read.
    UnreadableFile,
    /// The record it belongs to cannot be opened here: damaged, or written by a newer version.
    RecordUnavailable,
}

/// One reason, and the element it is about. Never a value: reports leave the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: ProblemCode,
    /// `.`-separated element path, empty when it is about the whole.
    pub element: Cow<'static, str>,
}

impl ProblemCode {
    /// The stable text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotAResource => "not_a_resource",
            Self::NoResource => "no_resource",
            Self::WrongType => "wrong_type",
            Self::InvalidDate => "invalid_date",
            Self::InvalidCode => "invalid_code",
            Self::InvalidId => "invalid_id",
            Self::TooLarge => "too_large",
            Self::DamagedFile => "damaged_file",
            Self::UnreadableFile => "unreadable_file",
            Self::RecordUnavailable => "record_unavailable",
        }
    }

    /// A problem with one element.
    pub fn at(self, element: impl Into<Cow<'static, str>>) -> Problem {
        Problem { code: self, element: element.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if self.element.is_empty() { Ok(()) } else { write!(f, " at {}", self.element) }
    }
}

impl std::error::Error for Problem {}
