//! The messages of posto-sync/1 and their frames: one byte of kind, then a CBOR map.
//!
//! Keys are small integers; receivers skip keys and kinds they do not know, so that either side may
//! be the newer one.

mod body;

pub(crate) use body::*;

/// A frame that is not a message; the session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed message")]
pub(crate) struct MalformedMessage;

macro_rules! messages {
    ($($(#[$doc:meta])* $kind:literal $name:ident,)*) => {
        /// Any message.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) enum Message {
            $($(#[$doc])* $name($name),)*
        }

        impl Message {
            /// The frame that carries it.
            pub(crate) fn to_frame(&self) -> Vec<u8> {
                let mut frame = Vec::with_capacity(64);
                match self {
                    $(Self::$name(body) => {
                        frame.push($kind);
                        // Writing into a Vec cannot fail.
                        let _ = minicbor::encode(body, &mut frame);
                    })*
                }
                frame
            }

            /// Reads a frame; `None` for a kind of a later version.
            pub(crate) fn from_frame(frame: &[u8]) -> Result<Option<Self>, MalformedMessage> {
                let (kind, body) = frame.split_first().ok_or(MalformedMessage)?;
                match kind {
                    $($kind => minicbor::decode(body).map(|body| Some(Self::$name(body))),)*
                    _ => return Ok(None),
                }
                .map_err(|_| MalformedMessage)
            }
        }

        $(impl From<$name> for Message {
            fn from(body: $name) -> Self {
                Self::$name(body)
            }
        })*
    };
}

messages! {
    1 Hello,
    2 Welcome,
    3 ErasuresWanted,
    4 Erasures,
    5 ErasuresDone,
    6 ScopeChanged,
    7 Ping,
    8 Pong,
    9 Goodbye,
    10 Resume,
    11 Verify,
    12 BlobAvailable,
    20 FeedBatch,
    21 FeedAck,
    30 PushBatch,
    31 PushAck,
    32 PushAgain,
    40 RepairOpen,
    41 RepairReply,
    42 RepairNext,
    43 RepairWant,
    44 RepairBatch,
    50 BlobOffer,
    51 BlobHave,
    52 BlobChunk,
    53 BlobStored,
    54 BlobWant,
    55 BlobMissing,
}

#[cfg(test)]
mod fixtures;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unknown_kinds_and_keys_are_skipped() {
        assert_eq!(Message::from_frame(&[200, 1, 2, 3]), Ok(None));
        // {0: 5, 99: "new"}: a ping of a later version.
        let frame = [7, 0xa2, 0x00, 0x05, 0x18, 0x63, 0x63, b'n', b'e', b'w'];
        assert_eq!(Message::from_frame(&frame), Ok(Some(Ping { number: 5 }.into())));
    }

    #[test]
    fn broken_frames_are_refused() {
        for frame in [&[][..], &[1], &[7, 0xa0], &[7, 0xff], &[30, 0xa1, 0x00, 0x61, 0x61]] {
            assert_eq!(Message::from_frame(frame), Err(MalformedMessage));
        }
    }

    proptest! {
        #[test]
        fn hostile_frames_never_panic(kind in 0_u8..60, body in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut frame = vec![kind];
            frame.extend(body);
            if let Ok(Some(message)) = Message::from_frame(&frame) {
                prop_assert_eq!(Message::from_frame(&message.to_frame()), Ok(Some(message)));
            }
        }
    }
}
