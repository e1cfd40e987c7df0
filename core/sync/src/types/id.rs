//! Identifiers and counters: newtypes, so that a cursor is never mistaken for a local sequence.

use std::fmt;

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The raw bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl From<[u8; $len]> for $name {
            fn from(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(&self.0[..self.0.len().min(6)]))
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                <[u8; $len]>::try_from(d.bytes()?)
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("identifier of the wrong length"))
            }
        }
    };
}

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode,
        )]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl $name {
            /// The plain number.
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

byte_id!(
    /// A document, by the 16 bytes of its ULID.
    DocId, 16
);
byte_id!(
    /// An Automerge change hash: SHA-256 over chunk type, length and body.
    ChangeHash, 32
);
byte_id!(
    /// A node, by the 16 bytes of its ULID, as its certificate names it.
    NodeKey, 16
);
byte_id!(
    /// First half of every actor id a node writes with; derived from the node id.
    ActorPrefix, 8
);

impl ActorPrefix {
    /// The prefix of a node: the first 8 bytes of the SHA-256 of its id, so that actors of nodes that were
    /// enrolled in the same millisecond differ too. Node and server both call this one.
    #[must_use]
    pub fn of_node(node: NodeKey) -> Self {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(node.0);
        let mut prefix = [0; 8];
        prefix.copy_from_slice(&digest[..8]);
        Self(prefix)
    }
}

byte_id!(
    /// Random name of one incarnation of a scope; renewed when the server's database is restored
    /// or the scope is rewritten by an erasure. Cursors mean something only within one epoch.
    Epoch, 16
);
counter!(
    /// Stable code of a document kind.
    KindCode(u16)
);
counter!(
    /// The server's gapless sequence within a scope; the first change has 1, 0 is "before all".
    Seq(u64)
);
counter!(
    /// A node's own order of its log (`change.local_seq`); 0 is "before all".
    LocalSeq(u64)
);
counter!(
    /// Drawn by a node's database at creation and again at each restore. The server stores it with
    /// each pushed change and never feeds a change back to the instance it came from.
    Instance(u64)
);
counter!(
    /// Drawn by a node's process at each start: tells a reconnect of the same process from a
    /// second process on a copied disk.
    BootId(u64)
);
