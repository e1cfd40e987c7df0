//! The console's errors as the API answers them.

use posto_api::Problem;
pub(crate) use posto_api::serve::problem::ApiError;

use crate::console::ConsoleError;

impl From<ConsoleError> for ApiError {
    fn from(error: ConsoleError) -> Self {
        let code = error.code();
        if code.status() >= 500 {
            // The chain names operations, never contents.
            tracing::error!(code = code.as_str(), error = &error as &dyn std::error::Error, "request failed");
        }
        let mut problem = Problem::new(code, "");
        match error {
            ConsoleError::Invalid(fields) => problem.fields = fields,
            ConsoleError::LockedOut { retry_after_s } => problem.retry_after_s = Some(retry_after_s),
            _ => {}
        }
        problem.into()
    }
}
