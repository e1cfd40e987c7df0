//! Documents opened lately, kept because the same one is asked for again at once: a patient's page is half a dozen
//! requests about one document, and whoever reads a record is the one who edits it next.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use posto_documents::Document;
use posto_domain::id::DocumentId;

/// Documents kept; an opened one takes about 13 kB, none more than its limit.
const KEPT_MAX: usize = 64;
/// Larger documents are opened each time: they are rare, and 64 of them would be a lot of memory.
const KEPT_BYTES_MAX: u64 = 64 * 1024;

/// A document as it was when its newest change had this local sequence number.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    id: DocumentId,
    pub(crate) last_change: i64,
    pub(crate) document: Arc<Document>,
    /// Changes behind its snapshot.
    pub(crate) tail: usize,
}

/// The lately opened documents of a store.
#[derive(Debug, Default)]
pub(crate) struct Opened(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    era: u64,
    /// The latest last.
    held: VecDeque<Held>,
}

/// The time between two erasures. What was read before one is not kept after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Era(u64);

impl Opened {
    /// To be asked before anything is read.
    pub(crate) fn era(&self) -> Era {
        Era(self.0.lock().era)
    }

    /// The document as it was last held. It may have got changes since, or be ahead of an older read transaction.
    pub(crate) fn get(&self, id: DocumentId) -> Option<Held> {
        let held = &mut self.0.lock().held;
        let at = held.iter().position(|held| held.id == id)?;
        let found = held.remove(at)?;
        held.push_back(found.clone());
        Some(found)
    }

    /// Keeps what was just opened, unless something newer is kept already.
    pub(crate) fn put(&self, era: Era, id: DocumentId, last_change: i64, document: &Document, tail: usize) {
        if document.size_bytes() > KEPT_BYTES_MAX {
            return;
        }
        let document = Arc::new(document.clone());
        let mut kept = self.0.lock();
        if kept.era != era.0 {
            return;
        }
        let held = &mut kept.held;
        match held.iter().position(|held| held.id == id) {
            Some(at) if held.get(at).is_some_and(|held| held.last_change > last_change) => return,
            Some(at) => drop(held.remove(at)),
            None if held.len() >= KEPT_MAX => drop(held.pop_front()),
            None => {}
        }
        held.push_back(Held { id, last_change, document, tail });
    }

    /// Forgets everything: after an erasure nothing of what was erased may be left, and sequence numbers may come again.
    pub(crate) fn clear(&self) {
        let mut kept = self.0.lock();
        kept.era += 1;
        kept.held.clear();
    }
}
