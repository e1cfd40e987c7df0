//! Expected "no" answers: why one change was refused, and why a session ended.

use super::ChangeHash;

/// Why the server did not store a pushed change. Codes are part of the wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeRefusal {
    /// Not a well-formed change chunk.
    Malformed,
    /// The actor id does not begin with the prefix of the node's certificate.
    ForeignActor,
    /// This node may not write this scope.
    ScopeForbidden,
    /// Documents of this kind do not live in this scope, or nodes may not write them.
    KindForbidden,
    /// A dependency is unknown to the server. Answered by a repair first; final only after one.
    MissingDependency,
    /// The change or its document is over the limit.
    TooLarge,
    /// The document has been erased and must not return.
    Erased,
    /// Another change with the same actor and sequence number exists: a copied database.
    DuplicateSequence,
    /// A reason this version does not know.
    Other(u8),
}

impl ChangeRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Malformed => 1,
            Self::ForeignActor => 2,
            Self::ScopeForbidden => 3,
            Self::KindForbidden => 4,
            Self::MissingDependency => 5,
            Self::TooLarge => 6,
            Self::Erased => 7,
            Self::DuplicateSequence => 8,
            Self::Other(code) => code,
        }
    }

    /// The reason with this code; unknown codes are kept.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Malformed,
            2 => Self::ForeignActor,
            3 => Self::ScopeForbidden,
            4 => Self::KindForbidden,
            5 => Self::MissingDependency,
            6 => Self::TooLarge,
            7 => Self::Erased,
            8 => Self::DuplicateSequence,
            other => Self::Other(other),
        }
    }
}

impl<C> minicbor::Encode<C> for ChangeRefusal {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for ChangeRefusal {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u8().map(Self::from_code)
    }
}

/// One change the server did not store, and why.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct RefusedChange {
    /// Which change.
    #[n(0)]
    pub hash: ChangeHash,
    /// Why.
    #[n(1)]
    pub reason: ChangeRefusal,
}

/// Why a session is over. Codes are part of the wire format and the QUIC close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionEnd {
    /// Asked for by the owner (shutdown, `--once` finished).
    Done,
    /// The connection was lost.
    ConnectionLost,
    /// Nothing was heard for longer than allowed.
    TimedOut,
    /// The peer broke the protocol or a limit.
    ProtocolViolation,
    /// No protocol version in common.
    UnsupportedVersion,
    /// The node's certificate has been revoked.
    Revoked,
    /// The server does not know this node, or the certificate is another node's.
    UnknownNode,
    /// Another live process uses this node's identity: a copied disk.
    Cloned,
    /// An earlier session of this node may still be alive and is being probed; try again shortly.
    Busy,
    /// Replaced by a newer session of the same process.
    Superseded,
    /// The local storage failed and retrying did not help.
    StorageFailed,
    /// The server is stopping; come back.
    GoingAway,
    /// A reason this version does not know.
    Other(u8),
}

impl SessionEnd {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::ConnectionLost => 1,
            Self::TimedOut => 2,
            Self::ProtocolViolation => 3,
            Self::UnsupportedVersion => 4,
            Self::Revoked => 5,
            Self::UnknownNode => 6,
            Self::Cloned => 7,
            Self::Busy => 8,
            Self::Superseded => 9,
            Self::StorageFailed => 10,
            Self::GoingAway => 11,
            Self::Other(code) => code,
        }
    }

    /// The reason with this code; unknown codes are kept.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Done,
            1 => Self::ConnectionLost,
            2 => Self::TimedOut,
            3 => Self::ProtocolViolation,
            4 => Self::UnsupportedVersion,
            5 => Self::Revoked,
            6 => Self::UnknownNode,
            7 => Self::Cloned,
            8 => Self::Busy,
            9 => Self::Superseded,
            10 => Self::StorageFailed,
            11 => Self::GoingAway,
            other => Self::Other(other),
        }
    }

    /// Whether reconnecting can help without a person doing something first.
    #[must_use]
    pub const fn worth_retrying(self) -> bool {
        !matches!(
            self,
            Self::Done | Self::UnsupportedVersion | Self::Revoked | Self::UnknownNode | Self::Cloned
        )
    }
}

impl<C> minicbor::Encode<C> for SessionEnd {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for SessionEnd {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u8().map(Self::from_code)
    }
}
