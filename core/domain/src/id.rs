//! Identifiers: ULIDs as newtypes, and the generator that draws them without a clock of its own.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

/// A text that is no ULID (26 characters of Crockford's base 32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 26 characters of Crockford's base 32 were expected")]
pub struct InvalidId;

/// One newtype per thing that has an identity; all share the text and the 16-byte form.
macro_rules! ulid_newtype {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// All bits zero: never drawn by a generator.
            pub const NIL: Self = Self(Ulid::nil());

            /// From the binary form, big-endian.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Ulid::from_bytes(bytes))
            }

            /// The binary form, big-endian, so that byte order is time order.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.to_bytes()
            }

            /// When it was drawn, in Unix milliseconds by the drawing node's clock.
            pub const fn timestamp_ms(self) -> u64 {
                self.0.timestamp_ms()
            }

            /// True for [`Self::NIL`].
            pub const fn is_nil(self) -> bool {
                self.0.is_nil()
            }

            /// The same identity under another type, where one document is meant in two roles.
            pub fn cast<T: UlidNewtype>(self) -> T {
                T::of(self.to_bytes())
            }
        }

        impl UlidNewtype for $name {
            fn of(bytes: [u8; 16]) -> Self {
                Self::from_bytes(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0u8; ulid::ULID_LEN];
                f.pad(self.0.array_to_str(&mut text))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut text = [0u8; ulid::ULID_LEN];
                to.serialize_str(self.0.array_to_str(&mut text))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

fn parse(text: &str) -> Result<Ulid, InvalidId> {
    let ulid = Ulid::from_string(text).map_err(|_| InvalidId)?;
    // One identity has one text: lower case and look-alike letters would make two map keys of it.
    let mut canonical = [0u8; ulid::ULID_LEN];
    if ulid.array_to_str(&mut canonical) == text { Ok(ulid) } else { Err(InvalidId) }
}

ulid_newtype! {
    /// Any document, whatever its kind.
    DocumentId,
    /// A clinic: the tenant.
    ClinicId,
    /// A place of a clinic.
    LocationId,
    /// A node: one process with one encrypted file.
    NodeId,
    /// A person who works with Posto (or a reserved author such as [`UserId::SYSTEM`]).
    UserId,
    /// A patient.
    PatientId,
    /// A person who treats patients.
    PractitionerId,
    /// A room.
    RoomId,
    /// A file kept with a record.
    AttachmentId,
    /// The key of an entry in a record's collection.
    EntryKey,
}

impl UserId {
    /// The software itself: upgrades, repairs, jobs.
    pub const SYSTEM: Self = Self::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    /// An import that no signed-in person started.
    pub const IMPORT: Self = Self::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    /// The person at the command line of the machine.
    pub const OPERATOR: Self = Self::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);

    /// Whether this author is the software or the machine's operator rather than a user record.
    pub fn is_reserved(self) -> bool {
        matches!(self, Self::SYSTEM | Self::IMPORT | Self::OPERATOR)
    }
}

/// What every id newtype can be made from; see `cast`.
pub trait UlidNewtype: Sized {
    /// From the binary form.
    fn of(bytes: [u8; 16]) -> Self;
}

/// Draws ULIDs: 48 bits of milliseconds, 64 bits drawn once per process, a 16-bit counter.
///
/// Monotonic even when the clock goes back. Ids drawn together share prefix and suffix and
/// therefore compress to a few bytes, which random ULIDs do not.
#[derive(Debug, Clone)]
pub struct IdGenerator {
    generator: [u8; 8],
    last_ms: u64,
    counter: u16,
}

/// The largest time a ULID holds: 48 bits of milliseconds.
const TIME_MS_MAX: u64 = (1 << 48) - 1;

impl IdGenerator {
    /// `random` must be drawn afresh at each process start and after each restore of a backup.
    pub fn new(random: [u8; 8]) -> Self {
        Self { generator: random, last_ms: 0, counter: 0 }
    }

    /// The next id of any type; `now_ms` is Unix time in milliseconds.
    pub fn draw<T: UlidNewtype>(&mut self, now_ms: u64) -> T {
        T::of(self.next_bytes(now_ms))
    }

    fn next_bytes(&mut self, now_ms: u64) -> [u8; 16] {
        let now_ms = now_ms.min(TIME_MS_MAX);
        if now_ms > self.last_ms {
            self.last_ms = now_ms;
            self.counter = 0;
        } else if self.counter == u16::MAX {
            self.last_ms = (self.last_ms + 1).min(TIME_MS_MAX);
            self.counter = 0;
        } else {
            self.counter += 1;
        }
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&self.last_ms.to_be_bytes()[2..]);
        bytes[6..14].copy_from_slice(&self.generator);
        bytes[14..].copy_from_slice(&self.counter.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_canonical_text_is_an_id() {
        let id = DocumentId::from_bytes([1; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_lowercase().parse::<DocumentId>(), Err(InvalidId));
        assert_eq!("".parse::<DocumentId>(), Err(InvalidId));
        assert_eq!("8ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<DocumentId>(), Err(InvalidId));
        assert_eq!(serde_json::to_value(id).unwrap(), serde_json::json!(id.to_string()));
    }

    #[test]
    fn a_full_millisecond_borrows_from_the_next() {
        let mut ids = IdGenerator::new([7; 8]);
        let mut last: DocumentId = ids.draw(5);
        for _ in 0..70_000 {
            let next = ids.draw(5);
            assert!(next > last);
            last = next;
        }
        assert_eq!(last.timestamp_ms(), 6);
    }

    proptest! {
        #[test]
        fn ids_rise_whatever_the_clock_does(times in prop::collection::vec(any::<u64>(), 1..50)) {
            let mut ids = IdGenerator::new([1; 8]);
            let mut last = DocumentId::NIL;
            for now in times {
                let next: DocumentId = ids.draw(now);
                prop_assert!(next > last || last.timestamp_ms() == TIME_MS_MAX);
                last = next;
            }
        }

        #[test]
        fn both_forms_round_trip(bytes in any::<[u8; 16]>()) {
            let id = PatientId::from_bytes(bytes);
            prop_assert_eq!(id.to_bytes(), bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
