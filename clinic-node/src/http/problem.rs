//! A use case's errors as the API answers them.

use posto_api::Problem;
pub(crate) use posto_api::serve::problem::ApiError;

use crate::app::AppError;

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let code = error.code();
        if code.status() >= 500 {
            // The chain names operations, never contents.
            tracing::error!(code = code.as_str(), error = &error as &dyn std::error::Error, "request failed");
        }
        let mut problem = Problem::new(code, "");
        match error {
            AppError::Validation(fields) => problem.fields = fields,
            AppError::Duplicates(duplicates) => problem.duplicates = duplicates,
            AppError::LockedOut { retry_after_s } => problem.retry_after_s = Some(retry_after_s),
            AppError::WrongOffset { expected } => problem.offset = Some(expected),
            _ => {}
        }
        problem.into()
    }
}
