//! What surrounds both APIs in node and server: errors, limits, headers, figures, the screens (docs/adr/0011).
//!
//! Mechanism only. What differs is passed in: rates, cookie, policies, files. Each program keeps its own
//! log lines, which name the program that wrote them.

pub mod assembly;
pub mod extract;
pub mod gate;
pub mod guard;
pub mod health;
pub mod listen;
pub mod openapi;
pub mod problem;
pub mod screens;
pub mod throttle;
pub mod tls;
