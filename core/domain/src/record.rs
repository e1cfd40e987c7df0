//! What every record has: a kind and its own id.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::id::DocumentId;
use crate::kind::Kind;

/// A typed record. Its serde form is the root map of its document.
pub trait Record: Serialize + DeserializeOwned + Clone + PartialEq {
    /// The kind of its documents.
    const KIND: Kind;

    /// Its own id, stored in the record: it makes every first change unique.
    fn document_id(&self) -> DocumentId;
}

/// Implements [`Record`] for a struct with an `id` field of an id newtype.
macro_rules! record {
    ($name:ty, $kind:expr) => {
        impl crate::record::Record for $name {
            const KIND: crate::kind::Kind = $kind;
            fn document_id(&self) -> crate::id::DocumentId {
                self.id.cast()
            }
        }
    };
}

pub(crate) use record;
