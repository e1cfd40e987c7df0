//! Bad links for tests: a UDP proxy between a node and its server that loses, delays, repeats and reorders packets.

mod link;
mod profile;

pub use link::{Direction, LinkProxy};
pub use profile::{BARELY_USABLE, LADDER, LAN, LOSSY, LinkProfile, SATELLITE, WEAK_4G};

/// A connection that asks for replication without a certificate, as a stranger would who knows the server's authority.
pub async fn connect_as_stranger(
    server: &str,
    authority: &crate::CertificateAuthority,
) -> Result<crate::Link, crate::NetError> {
    let authority = authority.certificate_der().to_vec().into();
    crate::endpoint::client::connect_with(server, crate::tls::anonymous(&authority)?).await
}
