//! Why a use case did not do what it was asked: expected answers and faults, each with its stable code.

use posto_api::patient::DuplicateCandidate;
use posto_api::{ErrorCode, FieldProblem};

/// An error of a use case. No variant shows a record's content in its text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    #[error("no such record")]
    NotFound,
    #[error("the request does not make sense")]
    InvalidRequest,
    #[error("nobody is signed in")]
    Unauthenticated,
    #[error("wrong credentials")]
    WrongCredentials,
    #[error("the password is needed")]
    PasswordRequired,
    #[error("locked out for {retry_after_s} s")]
    LockedOut { retry_after_s: u64 },
    #[error("an administrator has to sign in")]
    AdministratorRequired,
    #[error("not allowed")]
    Forbidden,
    #[error("only an emergency allows it")]
    BreakGlassRequired,
    #[error("only the patient's own team may")]
    RecordRestricted,
    #[error("{} fields break a rule", .0.len())]
    Validation(Vec<FieldProblem>),
    #[error("{} possible duplicates", .0.len())]
    Duplicates(Vec<DuplicateCandidate>),
    #[error("the heads are not known here")]
    UnknownHeads,
    #[error("already done")]
    AlreadyDone,
    #[error("the merge is refused")]
    MergeRefused,
    #[error("the upload continues at {expected}")]
    WrongOffset { expected: u64 },
    #[error("the content is not what was announced")]
    ContentMismatch,
    #[error("the content is not complete")]
    ContentIncomplete,
    #[error("this type of content is not accepted")]
    UnsupportedMediaType,
    #[error("too large")]
    TooLarge,
    #[error("no connection to the server")]
    Offline,
    #[error("store")]
    Store(#[from] posto_store::Error),
    #[error("document")]
    Document(#[from] posto_documents::Error),
    #[error("hashing the password failed")]
    PasswordHash(#[source] argon2::password_hash::Error),
    #[error("the policies cannot be evaluated")]
    Policy,
    #[error("the work was cut short")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl AppError {
    /// One field that breaks a rule.
    pub fn field(path: &str, rule: &str) -> Self {
        Self::Validation(vec![FieldProblem { path: path.to_owned(), rule: rule.to_owned() }])
    }

    /// The word that the screens translate.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::InvalidRequest => ErrorCode::InvalidRequest,
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::WrongCredentials => ErrorCode::WrongCredentials,
            Self::PasswordRequired => ErrorCode::PasswordRequired,
            Self::LockedOut { .. } => ErrorCode::LockedOut,
            Self::AdministratorRequired => ErrorCode::AdministratorRequired,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::BreakGlassRequired => ErrorCode::BreakGlassRequired,
            Self::RecordRestricted => ErrorCode::RecordRestricted,
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::Duplicates(_) => ErrorCode::PossibleDuplicates,
            Self::UnknownHeads => ErrorCode::UnknownHeads,
            Self::AlreadyDone => ErrorCode::AlreadyDone,
            Self::MergeRefused => ErrorCode::MergeRefused,
            Self::WrongOffset { .. } => ErrorCode::WrongOffset,
            Self::ContentMismatch => ErrorCode::ContentMismatch,
            Self::ContentIncomplete => ErrorCode::ContentIncomplete,
            Self::UnsupportedMediaType => ErrorCode::UnsupportedMediaType,
            Self::TooLarge => ErrorCode::PayloadTooLarge,
            Self::Offline => ErrorCode::Offline,
            Self::Store(error) => store_code(error),
            Self::Document(error) => document_code(error),
            Self::PasswordHash(_) | Self::Policy | Self::Interrupted(_) => ErrorCode::Internal,
        }
    }
}

fn store_code(error: &posto_store::Error) -> ErrorCode {
    use posto_store::Error as E;
    match error {
        E::NoSuchDocument(_) => ErrorCode::NotFound,
        E::Quarantined(_) => ErrorCode::Quarantined,
        E::Document(error) => document_code(error),
        E::DiskFull | E::DamagedFile(_) | E::Locked => ErrorCode::StorageUnavailable,
        E::UploadOffset { .. } => ErrorCode::WrongOffset,
        E::NoSuchBlob => ErrorCode::ContentIncomplete,
        E::DamagedBlob => ErrorCode::ContentMismatch,
        E::Closed => ErrorCode::NotReady,
        _ => ErrorCode::Internal,
    }
}

fn document_code(error: &posto_documents::Error) -> ErrorCode {
    use posto_documents::Error as E;
    match error {
        E::UnknownHeads => ErrorCode::UnknownHeads,
        E::NeedsNewer { .. } | E::UnknownKind(_) => ErrorCode::NeedsNewerVersion,
        E::OverLimit { .. } => ErrorCode::PayloadTooLarge,
        E::Corrupt(_) => ErrorCode::Quarantined,
        E::NoSuchPlace | E::NotAnObject | E::Shape(_) => ErrorCode::ValidationFailed,
        _ => ErrorCode::Internal,
    }
}

/// The results of use cases.
pub type AppResult<T> = Result<T, AppError>;
