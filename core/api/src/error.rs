//! The error answer (RFC 9457 problem+json) and its stable codes, which the screens translate.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Media type of every error answer.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, as a word that never changes its meaning. New codes may appear; a client that
/// does not know one falls back to the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request could not be read: malformed JSON, a wrong parameter.
    InvalidRequest,
    /// The record breaks a rule; `fields` says which.
    ValidationFailed,
    /// Persons like this one exist; `duplicates` lists them. Repeat with `confirm_new: true`.
    PossibleDuplicates,
    /// There is no such thing, or it is not yours to see.
    NotFound,
    /// Nobody is signed in, or the session has ended.
    Unauthenticated,
    /// Name, password or PIN is wrong. Deliberately says no more.
    WrongCredentials,
    /// The PIN was wrong three times: the password is needed.
    PasswordRequired,
    /// Too many wrong tries; `retry_after_s` says when to try again.
    LockedOut,
    /// The desk has not synced for longer than the clinic allows: an administrator has to sign in.
    AdministratorRequired,
    /// Signed in, but not allowed.
    Forbidden,
    /// Not allowed in ordinary work; in a declared emergency it would be (`POST /api/patients/{id}/break-glass`).
    BreakGlassRequired,
    /// The record is kept to the patient's own team, and the caller is not of it. Whoever treats people gets
    /// `break_glass_required` instead.
    RecordRestricted,
    /// The `x-posto-csrf` header is missing or wrong.
    CsrfRejected,
    /// A write needs `If-Match` with the heads that the client saw.
    HeadsRequired,
    /// `If-Match` names heads that this node does not hold (yet).
    UnknownHeads,
    /// The record is damaged on this node and set aside; a person was alerted.
    Quarantined,
    /// The record was written by a newer version of Posto than this one.
    NeedsNewerVersion,
    /// Somebody else already did it; the answer carries the present state.
    AlreadyDone,
    /// The two patients cannot be merged, or there is no merge to undo.
    MergeRefused,
    /// The upload continues at another offset; `offset` says where.
    WrongOffset,
    /// The bytes do not have the announced size or hash.
    ContentMismatch,
    /// Only a part of the file is on this node so far.
    ContentIncomplete,
    /// The type of the content is not accepted, whatever its name says.
    UnsupportedMediaType,
    /// The requested range lies outside of the file.
    RangeNotSatisfiable,
    /// The body is larger than the route accepts.
    PayloadTooLarge,
    /// Too many requests; `retry_after_s` says when to try again.
    RateLimited,
    /// The route does not know this method.
    MethodNotAllowed,
    /// The node is starting or shutting down.
    NotReady,
    /// The disk is full or the database refuses writes. Nothing was saved.
    StorageUnavailable,
    /// The node is standalone or has no connection to the server.
    Offline,
    /// The request took too long.
    Timeout,
    /// A fault of ours; the correlation id leads to the log.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 32] = [
        Self::InvalidRequest,
        Self::ValidationFailed,
        Self::PossibleDuplicates,
        Self::NotFound,
        Self::Unauthenticated,
        Self::WrongCredentials,
        Self::PasswordRequired,
        Self::LockedOut,
        Self::AdministratorRequired,
        Self::Forbidden,
        Self::BreakGlassRequired,
        Self::RecordRestricted,
        Self::CsrfRejected,
        Self::HeadsRequired,
        Self::UnknownHeads,
        Self::Quarantined,
        Self::NeedsNewerVersion,
        Self::AlreadyDone,
        Self::MergeRefused,
        Self::WrongOffset,
        Self::ContentMismatch,
        Self::ContentIncomplete,
        Self::UnsupportedMediaType,
        Self::RangeNotSatisfiable,
        Self::PayloadTooLarge,
        Self::RateLimited,
        Self::MethodNotAllowed,
        Self::NotReady,
        Self::StorageUnavailable,
        Self::Offline,
        Self::Timeout,
        Self::Internal,
    ];

    /// The HTTP status that goes with the code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::Unauthenticated | Self::WrongCredentials | Self::PasswordRequired => 401,
            Self::Forbidden
            | Self::BreakGlassRequired
            | Self::RecordRestricted
            | Self::CsrfRejected
            | Self::AdministratorRequired => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::AlreadyDone | Self::WrongOffset | Self::ContentIncomplete => 409,
            Self::UnknownHeads => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::RangeNotSatisfiable => 416,
            Self::ValidationFailed
            | Self::PossibleDuplicates
            | Self::MergeRefused
            | Self::ContentMismatch => 422,
            Self::HeadsRequired => 428,
            Self::LockedOut | Self::RateLimited => 429,
            Self::Internal | Self::Quarantined => 500,
            Self::NeedsNewerVersion => 501,
            Self::NotReady | Self::Offline => 503,
            Self::Timeout => 504,
            Self::StorageUnavailable => 507,
        }
    }

    /// One plain English sentence without any data of the request.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request could not be read.",
            Self::ValidationFailed => "The record breaks a rule.",
            Self::PossibleDuplicates => "There may already be a record of this person.",
            Self::NotFound => "There is no such record.",
            Self::Unauthenticated => "Please sign in.",
            Self::WrongCredentials => "Name or password is wrong.",
            Self::PasswordRequired => "Please sign in with the password.",
            Self::LockedOut => "Too many wrong tries. Please wait.",
            Self::AdministratorRequired => {
                "This desk has not synced for too long. An administrator has to sign in."
            }
            Self::Forbidden => "You are not allowed to do this.",
            Self::BreakGlassRequired => {
                "This record is not of your place or team; only an emergency opens it."
            }
            Self::RecordRestricted => "This record is kept to the patient's own team.",
            Self::CsrfRejected => "The request did not come from a signed-in screen.",
            Self::HeadsRequired => "The request does not say which version it changes.",
            Self::UnknownHeads => "This node does not hold the version that the request changes.",
            Self::Quarantined => "The record is damaged on this node and was set aside.",
            Self::NeedsNewerVersion => "A newer version of Posto is needed to read this record.",
            Self::AlreadyDone => "This was already done.",
            Self::MergeRefused => "These records cannot be merged or separated.",
            Self::WrongOffset => "The upload continues at another offset.",
            Self::ContentMismatch => "The content is not what was announced.",
            Self::ContentIncomplete => "The content is not complete on this node yet.",
            Self::UnsupportedMediaType => "This type of content is not accepted.",
            Self::RangeNotSatisfiable => "The range lies outside of the file.",
            Self::PayloadTooLarge => "The request is too large.",
            Self::RateLimited => "Too many requests. Please wait.",
            Self::MethodNotAllowed => "The route does not know this method.",
            Self::NotReady => "The node is not ready yet.",
            Self::StorageUnavailable => "The node cannot save at the moment. Nothing was saved.",
            Self::Offline => "There is no connection to the server.",
            Self::Timeout => "The request took too long.",
            Self::Internal => "Something went wrong on our side.",
        }
    }

    /// The code as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::ValidationFailed => "validation_failed",
            Self::PossibleDuplicates => "possible_duplicates",
            Self::NotFound => "not_found",
            Self::Unauthenticated => "unauthenticated",
            Self::WrongCredentials => "wrong_credentials",
            Self::PasswordRequired => "password_required",
            Self::LockedOut => "locked_out",
            Self::AdministratorRequired => "administrator_required",
            Self::Forbidden => "forbidden",
            Self::BreakGlassRequired => "break_glass_required",
            Self::RecordRestricted => "record_restricted",
            Self::CsrfRejected => "csrf_rejected",
            Self::HeadsRequired => "heads_required",
            Self::UnknownHeads => "unknown_heads",
            Self::Quarantined => "quarantined",
            Self::NeedsNewerVersion => "needs_newer_version",
            Self::AlreadyDone => "already_done",
            Self::MergeRefused => "merge_refused",
            Self::WrongOffset => "wrong_offset",
            Self::ContentMismatch => "content_mismatch",
            Self::ContentIncomplete => "content_incomplete",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::RangeNotSatisfiable => "range_not_satisfiable",
            Self::PayloadTooLarge => "payload_too_large",
            Self::RateLimited => "rate_limited",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotReady => "not_ready",
            Self::StorageUnavailable => "storage_unavailable",
            Self::Offline => "offline",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// One field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// Path in the record, dots between keys: `documents.01J….value`.
    #[schema(example = "birth_date")]
    pub path: String,
    /// Stable name of the broken rule; the screens translate it.
    #[schema(example = "date_in_the_future")]
    pub rule: String,
}

/// The body of every error answer, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:posto:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub code: ErrorCode,
    /// Leads to the log line of this request.
    pub correlation_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// With `possible_duplicates`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<crate::patient::DuplicateCandidate>,
    /// With `locked_out` and `rate_limited`; seconds. Also sent as `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// With `wrong_offset`; bytes that the node already holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

impl Problem {
    /// The plain answer for a code, without details.
    #[must_use]
    pub fn new(code: ErrorCode, correlation_id: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:posto:problem:{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            correlation_id: correlation_id.into(),
            fields: Vec::new(),
            duplicates: Vec::new(),
            retry_after_s: None,
            offset: None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_word_in_json_is_the_word_of_as_str() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!(code.status() >= 400);
        }
    }
}
