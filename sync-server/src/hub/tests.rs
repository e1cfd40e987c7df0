//! The hub against a real database: what is taken, refused, fed, erased.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attachments;
mod bootstrap;
mod erasing;
mod fixture;
mod keeping;
mod pushing;
mod reading;
