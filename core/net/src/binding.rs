//! What a node's certificate says: which node, of which clinic, at which locations.

use std::{fmt, str::FromStr};

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use ulid::Ulid;
use x509_parser::{extensions::GeneralName, prelude::FromDer as _};

use crate::{UnixSeconds, error::CertificateProblem, limits::LOCATIONS_PER_NODE_MAX};

const PREFIX: &str = "posto:node/";

/// The identity bound into a node's certificate, as its URI name
/// `posto:node/<ulid>;clinic=<ulid>;locations=<ulid>,<ulid>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NodeBinding {
    /// The node.
    pub node: Ulid,
    /// The clinic whose scopes it holds.
    pub clinic: Ulid,
    /// The locations whose scopes it holds; may be empty.
    pub locations: Vec<Ulid>,
}

impl fmt::Display for NodeBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{};clinic={};locations=", self.node, self.clinic)?;
        for (index, location) in self.locations.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{location}")?;
        }
        Ok(())
    }
}

impl FromStr for NodeBinding {
    type Err = CertificateProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = CertificateProblem::BadBinding;
        let mut parts = text.strip_prefix(PREFIX).ok_or(bad)?.split(';');
        let node = id(parts.next().ok_or(bad)?)?;
        let clinic = id(parts.next().and_then(|p| p.strip_prefix("clinic=")).ok_or(bad)?)?;
        let list = parts.next().and_then(|p| p.strip_prefix("locations=")).ok_or(bad)?;
        let locations = if list.is_empty() {
            Vec::new()
        } else {
            list.split(',').map(id).collect::<Result<Vec<_>, _>>()?
        };
        if parts.next().is_some() || locations.len() > LOCATIONS_PER_NODE_MAX {
            return Err(bad);
        }
        Ok(Self { node, clinic, locations })
    }
}

/// One spelling only: a certificate is never typed by hand, so leniency could only confuse two identities.
fn id(text: &str) -> Result<Ulid, CertificateProblem> {
    let id = Ulid::from_string(text).map_err(|_| CertificateProblem::BadBinding)?;
    if id.to_string() == text { Ok(id) } else { Err(CertificateProblem::BadBinding) }
}

/// The parts of a node's certificate that the server decides on. The chain was already verified by TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// Who it is.
    pub binding: NodeBinding,
    /// Serial number, big endian.
    pub serial: Vec<u8>,
    /// First second of validity.
    pub not_before_unix_s: UnixSeconds,
    /// Last second of validity.
    pub not_after_unix_s: UnixSeconds,
    /// SHA-256 of the certificate.
    pub fingerprint: [u8; 32],
    /// The Ed25519 public key, with which audit rows are signed too.
    pub public_key: Vec<u8>,
}

impl PeerCertificate {
    /// Reads a node's certificate.
    pub fn parse(der: &CertificateDer<'_>) -> Result<Self, CertificateProblem> {
        let (rest, certificate) = x509_parser::certificate::X509Certificate::from_der(der)
            .map_err(|_| CertificateProblem::Unreadable)?;
        if !rest.is_empty() {
            return Err(CertificateProblem::Unreadable);
        }
        let names = certificate
            .subject_alternative_name()
            .map_err(|_| CertificateProblem::Unreadable)?
            .ok_or(CertificateProblem::NoBinding)?;
        let [GeneralName::URI(uri)] = names.value.general_names.as_slice() else {
            return Err(CertificateProblem::NoBinding);
        };
        Ok(Self {
            binding: uri.parse()?,
            serial: certificate.raw_serial().to_vec(),
            not_before_unix_s: certificate.validity().not_before.timestamp(),
            not_after_unix_s: certificate.validity().not_after.timestamp(),
            fingerprint: Sha256::digest(der).into(),
            public_key: certificate.public_key().subject_public_key.data.to_vec(),
        })
    }

    /// True within the certificate's validity.
    pub fn is_valid_at(&self, now_unix_s: UnixSeconds) -> bool {
        (self.not_before_unix_s..=self.not_after_unix_s).contains(&now_unix_s)
    }

    /// True from two thirds of its life on: time to ask for a new one.
    pub fn is_due_for_renewal(&self, now_unix_s: UnixSeconds) -> bool {
        let life_s = self.not_after_unix_s.saturating_sub(self.not_before_unix_s);
        now_unix_s >= self.not_before_unix_s.saturating_add(life_s / 3 * 2)
    }

    /// True when the node's key signed this message (see [`NodeIdentity::sign`](crate::NodeIdentity::sign)).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        crate::tls::verify_ed25519(&self.public_key, message, signature)
    }

    /// The serial number as hexadecimal text.
    pub fn serial_hex(&self) -> String {
        hex::encode(&self.serial)
    }
}

/// The validity of any certificate, first and last second.
pub(crate) fn validity(der: &[u8]) -> Result<(UnixSeconds, UnixSeconds), CertificateProblem> {
    let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(der)
        .map_err(|_| CertificateProblem::Unreadable)?;
    Ok((certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_binding_survives_its_text(node: u128, clinic: u128, locations in prop::collection::vec(any::<u128>(), 0..5)) {
            let binding = NodeBinding {
                node: Ulid(node),
                clinic: Ulid(clinic),
                locations: locations.into_iter().map(Ulid).collect(),
            };
            prop_assert_eq!(binding.to_string().parse::<NodeBinding>().unwrap(), binding);
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".{0,120}") {
            let _ = text.parse::<NodeBinding>();
            let _ = format!("posto:node/{text}").parse::<NodeBinding>();
        }
    }

    #[test]
    fn second_spellings_of_an_identity_are_refused() {
        let binding = NodeBinding { node: Ulid(77), clinic: Ulid(5), locations: vec![Ulid(9)] };
        let text = binding.to_string();
        assert!(text.parse::<NodeBinding>().is_ok());
        for bad in [
            text.to_lowercase(),
            format!("{text};x=1"),
            text.replace(";locations", ";location"),
            format!("{text},"),
            text.replace(&Ulid(9).to_string(), "O0000000000000000000000009"),
        ] {
            assert_eq!(bad.parse::<NodeBinding>(), Err(CertificateProblem::BadBinding), "{bad}");
        }
    }
}
