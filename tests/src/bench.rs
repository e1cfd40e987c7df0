//! The figures of docs/PERFORMANCE.md, measured on real processes and stores and left as JSON lines.

pub mod api;
mod desk;
mod fleet;
pub mod import;
mod live;
mod load;
mod measure;
mod raw;
pub mod replication;
pub mod store;

pub use desk::Desk;
pub use load::DeskWriter;
pub use measure::{Figure, Report, median, percentile};
