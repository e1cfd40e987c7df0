//! Where an import writes: a store, a scope in it, and whose hand it is.

use posto_documents::WriteContext;
use posto_domain::Scope;
use posto_store::{Result, Store};

/// The store an import writes to and an export reads from.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub store: &'a Store,
    /// The clinic's scope.
    pub scope: Scope,
    /// A fresh context for each change.
    pub context: &'a (dyn Fn() -> WriteContext + Sync),
    /// Draws the record number of a new patient; without one the patient waits for it.
    pub number: &'a (dyn Fn() -> Result<Option<i64>> + Sync),
}
