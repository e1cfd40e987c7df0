//! Every bound of the protocol in one place: nothing a peer sends can cost more than this.

/// Longest frame, length prefix not counted.
pub const FRAME_BYTES_MAX: usize = 2 << 20;
/// Longest frame before the peer has been admitted.
pub const HELLO_BYTES_MAX: usize = 64 << 10;
/// Longest scope name.
pub const SCOPE_NAME_BYTES_MAX: usize = 64;
/// Most scopes in one session.
pub const SCOPES_MAX: usize = 64;
/// Raw change bytes a storage should gather into one batch.
pub const BATCH_RAW_BYTES_TARGET: usize = 1 << 20;
/// Most raw bytes in one batch, after decompression and rebuilding.
pub const BATCH_RAW_BYTES_MAX: usize = 8 << 20;
/// Most changes in one batch.
pub const BATCH_CHANGES_MAX: usize = 32_768;
/// Largest single change that may be written or pushed; fits a verbatim batch in one frame.
pub const CHANGE_BYTES_MAX: usize = 1 << 20;
/// Most dependencies of one change.
pub const CHANGE_DEPS_MAX: usize = 256;
/// Longest actor id; ours have 16 bytes.
pub const ACTOR_BYTES_MAX: usize = 64;
/// Most batches sent and not yet acknowledged, per scope and direction.
pub const BATCHES_IN_FLIGHT_MAX: usize = 4;
/// Most hashes one side lists for a repair (32 bytes each in memory).
pub const REPAIR_HASHES_MAX: usize = 4_000_000;
/// Frame size negentropy aims for.
pub const REPAIR_FRAME_BYTES: u64 = 256 << 10;
/// Most round trips of one reconciliation; a healthy one needs a handful.
pub const REPAIR_ROUNDS_MAX: u32 = 4_096;
/// Most hashes asked for in one frame.
pub const REPAIR_WANT_MAX: usize = 8_192;
/// Most erasure entries in one frame.
pub const ERASURES_PER_FRAME_MAX: usize = 4_096;
/// Most refused changes listed in one acknowledgement.
pub const REFUSED_PER_ACK_MAX: usize = BATCH_CHANGES_MAX;
/// Size of an attachment chunk.
pub const BLOB_CHUNK_BYTES: usize = 1 << 20;
/// Largest attachment.
pub const BLOB_BYTES_MAX: u64 = 4 << 30;
/// Chunks of attachments in flight per direction.
pub const BLOB_CHUNKS_IN_FLIGHT_MAX: usize = 2;
/// Most blobs a storage lists at once per direction.
pub const BLOBS_LISTED_MAX: usize = 64;
/// The peer must have said hello or welcome by then.
pub const HELLO_TIMEOUT_MS: u64 = 10_000;
/// After this much silence a ping is sent.
pub const PING_AFTER_MS: u64 = 20_000;
/// After this much silence the session is over.
pub const SILENCE_MS_MAX: u64 = 60_000;
/// An answer to a probe must come within this time, else the session counts as dead.
pub const PROBE_MS_MAX: u64 = 3_000;
/// First wait before a failed storage request is tried again; doubled each time.
pub const STORE_RETRY_MS_FIRST: u64 = 500;
/// Longest wait before a failed storage request is tried again.
pub const STORE_RETRY_MS_MAX: u64 = 30_000;
/// Difference between the clocks from which staff should be warned.
pub const CLOCK_SKEW_WARN_MS: u64 = 120_000;
/// Newest protocol version of this build; a server also speaks the two before it.
pub const VERSION_NEWEST: u16 = 1;
/// Versions a server speaks.
pub const VERSIONS_SPOKEN: u16 = 3;
/// Repairs of one scope in one session; when fingerprints still differ then, the next session goes on.
pub const REPAIRS_PER_SESSION_MAX: u32 = 3;
/// Attachments asked for in vain that the server remembers for one session.
pub const BLOBS_MISSED_MAX: usize = 1_024;
/// Most bytes of frames a node holds that arrived before the welcome, on streams that overtook it.
pub const EARLY_BYTES_MAX: usize = 32 << 20;
