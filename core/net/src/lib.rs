//! QUIC endpoints, certificates and enrolment: everything that touches sockets between a node and its server.
//!
//! Dull on purpose. What is replicated is decided by the engines of `posto-sync`; this crate only authenticates peers
//! ([`ca`], [`identity`], [`enroll`]), keeps connections within limits ([`endpoint`]) and carries the engines' frames
//! over QUIC streams while their storage effects run on blocking threads ([`driver`]).

pub mod backoff;
pub mod binding;
pub mod ca;
pub mod close;
pub mod driver;
pub mod endpoint;
pub mod enroll;
pub mod error;
pub mod identity;
pub mod limits;
#[cfg(feature = "testing")]
pub mod testing;

mod congestion;
mod files;
mod tls;
mod transport;

pub use backoff::Backoff;
pub use binding::{NodeBinding, PeerCertificate};
pub use ca::{CaFingerprint, CertificateAuthority, ServerIdentity};
pub use close::CloseReason;
pub use endpoint::{client::Client, link::Link, server::Server};
pub use enroll::{EnrolmentCode, EnrolmentDesk};
pub use error::NetError;
pub use identity::NodeIdentity;
pub use ulid::Ulid;

/// Seconds since 1970 on the wall clock of this machine; certificates are judged by it.
pub type UnixSeconds = i64;

/// The wall clock, handed in by the process so that tests can hold it.
pub type WallClock = std::sync::Arc<dyn Fn() -> UnixSeconds + Send + Sync>;
