//! What the server decides about nodes: the trait through which this crate asks it.

use std::{fmt, net::SocketAddr};

use crate::{binding::PeerCertificate, ca::IssuedCertificate, identity::Named};

/// The server's answers about codes and certificates. Called on blocking threads; may use the database.
pub trait EnrolmentDesk: Send + Sync + 'static {
    /// Exchanges a one-time code for a certificate. Marks the code used in the same transaction that records the node.
    /// The same code with the same request again, within the code's life, gets the same answer: the first may have been
    /// lost on the way.
    fn redeem(&self, redemption: &Redemption) -> Result<Grant, EnrolmentRefusal>;

    /// Issues a certificate for the new key of a known node.
    fn renew(
        &self,
        peer: &PeerCertificate,
        request_der: &[u8],
    ) -> Result<IssuedCertificate, EnrolmentRefusal>;

    /// Whether a certificate that the authority issued is still good; asked at each connection. Validity in time is
    /// checked by this crate.
    fn standing(&self, peer: &PeerCertificate) -> Standing;
}

/// A node that asks to be enrolled.
#[derive(Debug, Clone)]
pub struct Redemption {
    /// [`EnrolmentCode::hash`](crate::EnrolmentCode::hash) of the code it showed.
    pub code_hash: [u8; 32],
    /// Its certificate signing request, DER.
    pub request_der: Vec<u8>,
    /// Its software and version, for the console.
    pub software: String,
    /// What it calls its machine, for the console.
    pub label: String,
    /// Where it connects from.
    pub address: SocketAddr,
}

/// An enrolled node.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its certificate.
    pub certificate: IssuedCertificate,
    /// The node with its name.
    pub node: Named,
    /// The clinic with its name.
    pub clinic: Named,
    /// The locations with their names.
    pub locations: Vec<Named>,
}

/// Whether a certificate is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Welcome.
    Good,
    /// Revoked by an administrator, or replaced by a newer certificate.
    Revoked,
    /// Not in the server's database.
    Unknown,
    /// The database did not answer; try later.
    Unavailable,
}

/// Why a node was not enrolled or renewed. Codes are part of the protocol: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnrolmentRefusal {
    /// No such code.
    Unknown,
    /// The code is past its 15 minutes.
    Expired,
    /// The code was used before.
    Used,
    /// Too many wrong codes from this address; wait.
    TooManyTries,
    /// The request does not parse or has another kind of key.
    BadRequest,
    /// The node was revoked.
    Revoked,
    /// The server failed; try again.
    Unavailable,
    /// A code this software does not know.
    Other(u8),
}

const REFUSALS: [(EnrolmentRefusal, u8, &str); 7] = [
    (EnrolmentRefusal::Unknown, 1, "unknown_code"),
    (EnrolmentRefusal::Expired, 2, "code_expired"),
    (EnrolmentRefusal::Used, 3, "code_used"),
    (EnrolmentRefusal::TooManyTries, 4, "too_many_tries"),
    (EnrolmentRefusal::BadRequest, 5, "bad_request"),
    (EnrolmentRefusal::Revoked, 6, "revoked"),
    (EnrolmentRefusal::Unavailable, 7, "unavailable"),
];

impl EnrolmentRefusal {
    /// The number on the wire.
    pub fn code(self) -> u8 {
        match self {
            Self::Other(code) => code,
            known => REFUSALS.iter().find(|row| row.0 == known).map_or(u8::MAX, |row| row.1),
        }
    }

    pub(crate) fn from_code(code: u8) -> Self {
        REFUSALS.iter().find(|row| row.1 == code).map_or(Self::Other(code), |row| row.0)
    }

    /// A stable name for JSON and translations.
    pub fn name(self) -> &'static str {
        REFUSALS.iter().find(|row| row.0 == self).map_or("other", |row| row.2)
    }
}

impl fmt::Display for EnrolmentRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
