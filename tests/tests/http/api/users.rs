//! `/api/users`

mod switchable;
