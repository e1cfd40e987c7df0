//! What the store tells the process after a commit.

use posto_domain::id::DocumentId;
use posto_domain::{Kind, Scope};

/// Something that is durable now. Sent after the commit, in commit order, from the writer thread:
/// a listener must not block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreEvent {
    /// A document changed and its read-model rows are current.
    DocumentChanged { id: DocumentId, kind: Kind, scope: Scope },
    /// Changes of this scope wait to be sent.
    PendingChanges { scope: Scope },
    /// Changes of the other side are durable; read models follow.
    Received { scope: Scope },
    /// A document could not be read and was set aside.
    Quarantined { id: DocumentId, kind: Kind },
    /// Documents were erased.
    Erased { documents: Vec<DocumentId> },
    /// Read models are level with the changes.
    Projected { change: i64 },
}

/// Who listens to [`StoreEvent`]s.
pub(crate) type Listener = Box<dyn Fn(&StoreEvent) + Send + Sync>;
