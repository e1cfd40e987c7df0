//! Why a connection was closed, as a stable code that the node's screen explains to people.

use std::fmt;

use posto_sync::SessionEnd;
use quinn::VarInt;

/// Application close codes of `posto-sync/1` and `posto-enroll/1`. Numbers are part of the protocol: below 256 they are the
/// engines' [`SessionEnd`] codes, above it this crate's own. Never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The replication session ended for this reason.
    Session(SessionEnd),
    /// The certificate of this node is past its validity; it may be renewed, nothing else.
    Expired,
    /// No certificate, or none that the server's authority issued.
    BadCertificate,
    /// Too many connections from this address, of this node, or in all; try later.
    TooManyConnections,
    /// A limit of the transport on sizes, counts or times was exceeded.
    Limit,
    /// The certificate was renewed: connect again with the new one.
    Renewed,
    /// The connection seemed dead and a newer one of the same node took its place.
    Replaced,
    /// A code this software does not know yet.
    Other(u32),
}

const CODES: [(CloseReason, u32, &str); 6] = [
    (CloseReason::Expired, 256, "certificate_expired"),
    (CloseReason::BadCertificate, 257, "bad_certificate"),
    (CloseReason::TooManyConnections, 258, "too_many_connections"),
    (CloseReason::Limit, 259, "limit"),
    (CloseReason::Renewed, 260, "renewed"),
    (CloseReason::Replaced, 261, "replaced"),
];

impl CloseReason {
    /// The number on the wire.
    pub fn code(self) -> VarInt {
        VarInt::from_u32(match self {
            Self::Session(end) => end.code().into(),
            Self::Other(code) => code,
            known => CODES.iter().find(|row| row.0 == known).map_or(u32::MAX, |row| row.1),
        })
    }

    /// Reads the number on the wire.
    pub fn from_code(code: VarInt) -> Self {
        let code = u32::try_from(code.into_inner()).unwrap_or(u32::MAX);
        match u8::try_from(code) {
            Ok(code) => Self::Session(SessionEnd::from_code(code)),
            Err(_) => CODES.iter().find(|row| row.1 == code).map_or(Self::Other(code), |row| row.0),
        }
    }

    /// A stable name for logs, JSON and translations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session(end) => match end {
                SessionEnd::Done => "done",
                SessionEnd::ConnectionLost => "connection_lost",
                SessionEnd::TimedOut => "timed_out",
                SessionEnd::ProtocolViolation => "protocol_violation",
                SessionEnd::UnsupportedVersion => "unsupported_version",
                SessionEnd::Revoked => "revoked",
                SessionEnd::UnknownNode => "unknown_node",
                SessionEnd::Cloned => "cloned",
                SessionEnd::Busy => "busy",
                SessionEnd::Superseded => "superseded",
                SessionEnd::StorageFailed => "storage_failed",
                SessionEnd::GoingAway => "going_away",
                SessionEnd::Other(_) => "other",
            },
            known => CODES.iter().find(|row| row.0 == known).map_or("other", |row| row.2),
        }
    }

    /// True when connecting again can help without a person doing something first.
    pub fn worth_retrying(self) -> bool {
        match self {
            Self::Session(end) => end.worth_retrying(),
            Self::BadCertificate => false,
            // An expired node renews on its next connection.
            _ => true,
        }
    }
}

impl From<SessionEnd> for CloseReason {
    fn from(end: SessionEnd) -> Self {
        Self::Session(end)
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(code) => write!(f, "other ({code})"),
            known => f.write_str(known.name()),
        }
    }
}

/// QUIC carries TLS alerts as 0x100 + alert; 42 to 49, 51 and 116 are about certificates.
pub(crate) fn is_certificate_alert(code: quinn::TransportErrorCode) -> bool {
    let code = u64::from(code);
    (0x100 + 42..=0x100 + 49).contains(&code) || matches!(code, 0x133 | 0x174)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_the_wire_and_unknown_ones_keep_their_number() {
        for code in (0..300).chain([900, 70_000]) {
            assert_eq!(CloseReason::from_code(VarInt::from_u32(code)).code(), VarInt::from_u32(code));
        }
        assert_eq!(CloseReason::from_code(SessionEnd::Cloned.code().into()), SessionEnd::Cloned.into());
        assert_eq!(CloseReason::from_code(VarInt::from_u32(256)), CloseReason::Expired);
    }
}
