//! What both HTTP APIs say: requests, answers and the stable error codes, with their OpenAPI shapes.
//!
//! Nothing here decides anything. A value that reaches this crate has already been checked by a
//! use case, or is about to be. With the feature `serve`, also what surrounds both APIs in node and server.

pub mod admin;
pub mod attachment;
pub mod audit;
pub mod conflict;
pub mod error;
pub mod event;
pub mod history;
pub mod page;
pub mod patient;
pub mod patient_record;
#[cfg(feature = "serve")]
pub mod serve;
pub mod session;
pub mod settings;
pub mod sync;

pub use error::{ErrorCode, FieldProblem, Problem};
pub use page::Page;
