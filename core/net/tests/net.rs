//! Tests of the network layer on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "net/desk.rs"]
mod desk;
#[path = "net/drivers.rs"]
mod drivers;
#[path = "net/enrolment.rs"]
mod enrolment;
#[path = "net/files.rs"]
mod files;
#[path = "net/hostile.rs"]
mod hostile;
#[path = "net/links.rs"]
mod links;
#[path = "net/sessions.rs"]
mod sessions;
#[path = "net/toy.rs"]
mod toy;
