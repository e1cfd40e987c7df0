//! Routes under `/api`.

mod attachments;
mod audit;
mod conflicts;
mod events;
mod patients;
mod session;
mod settings;
mod sync;
mod users;
