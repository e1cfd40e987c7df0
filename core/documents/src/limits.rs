//! What one document and one change may cost.

/// A document above this should be split; nothing is refused yet.
pub const DOCUMENT_BYTES_BUDGET: u64 = 256 * 1024;

/// A local write that would take a document above this is refused. Changes of others are applied
/// at any size, or replicas would differ; the size is reported instead.
pub const DOCUMENT_BYTES_MAX: u64 = 1024 * 1024;

/// The largest change that is read or written.
pub const CHANGE_BYTES_MAX: u64 = 1024 * 1024;

/// The most operations that one change may claim.
pub const OPERATIONS_MAX: u64 = 256 * 1024;

/// The highest operation counter. Automerge keeps counters in 32 bits; the room above this can
/// never be used up by changes that each pass [`OPERATIONS_MAX`].
pub const OPERATION_COUNTER_MAX: u64 = 1 << 30;
