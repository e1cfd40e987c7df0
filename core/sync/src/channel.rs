//! Channels: the ordered byte streams a session is made of.

use crate::types::ScopeName;

/// One ordered, reliable, bidirectional byte stream of frames; the driver maps each to a QUIC
/// stream of its own, so that a lost packet of one never delays another.
///
/// The driver opens a channel's stream when the engine first sends on it and writes
/// [`Channel::preface`] as the stream's first frame; the accepting side reads that frame with
/// [`Channel::from_preface`] and does not hand it to the engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Hello, welcome, checkpoints on demand, erasures, pings. Opened by the node.
    Control,
    /// Changes from the server, and their acknowledgements. Opened by the server.
    Feed(ScopeName),
    /// Changes from the node, and their acknowledgements. Opened by the node.
    Push(ScopeName),
    /// Set reconciliation and the changes it finds missing. Opened by the node.
    Repair(ScopeName),
    /// Attachments, both directions. Opened by the node.
    Blob,
}

impl Channel {
    /// Stream priority, higher first (quinn's `set_priority`).
    #[must_use]
    pub const fn priority(&self) -> i32 {
        match self {
            Self::Control => 3,
            Self::Push(_) => 2,
            Self::Feed(_) | Self::Repair(_) => 1,
            Self::Blob => 0,
        }
    }

    /// Whether the node is the side that opens this channel's stream.
    #[must_use]
    pub const fn opened_by_node(&self) -> bool {
        !matches!(self, Self::Feed(_))
    }

    /// The first frame of the channel's stream (without length prefix): one byte of kind, then the scope's name.
    #[must_use]
    pub fn preface(&self) -> Vec<u8> {
        let (kind, scope) = match self {
            Self::Control => (0, None),
            Self::Feed(scope) => (1, Some(scope)),
            Self::Push(scope) => (2, Some(scope)),
            Self::Repair(scope) => (3, Some(scope)),
            Self::Blob => (4, None),
        };
        let mut bytes = vec![kind];
        if let Some(scope) = scope {
            bytes.extend_from_slice(scope.as_str().as_bytes());
        }
        bytes
    }

    /// Reads a preface. `None` for a channel this version does not know: the driver resets that
    /// stream and goes on.
    #[must_use]
    pub fn from_preface(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let scope = || ScopeName::new(std::str::from_utf8(rest).ok()?).ok();
        match kind {
            0 if rest.is_empty() => Some(Self::Control),
            1 => scope().map(Self::Feed),
            2 => scope().map(Self::Push),
            3 => scope().map(Self::Repair),
            4 if rest.is_empty() => Some(Self::Blob),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn prefaces_round_trip_and_foreign_ones_are_none() {
        let scope = ScopeName::new("clinic/x").unwrap();
        for channel in [
            Channel::Control,
            Channel::Feed(scope.clone()),
            Channel::Push(scope.clone()),
            Channel::Repair(scope),
            Channel::Blob,
        ] {
            assert_eq!(Channel::from_preface(&channel.preface()), Some(channel));
        }
        for bad in [&b""[..], b"\x00x", b"\x01", b"\x01\xff", b"\x09", b"\x04z"] {
            assert_eq!(Channel::from_preface(bad), None);
        }
    }
}
