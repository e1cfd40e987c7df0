//! Enrolment: how a node gets its certificate with a one-time code, and a new one before the old expires.

pub mod code;
pub mod desk;

pub(crate) mod guesses;
pub(crate) mod wire;

pub use code::EnrolmentCode;
pub use desk::{EnrolmentDesk, EnrolmentRefusal, Grant, Redemption, Standing};
