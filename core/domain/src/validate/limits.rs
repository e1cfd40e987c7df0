//! How long texts and how large collections may be. Generous for people, narrow for mischief: all limits
//! together keep a record inside its document's budget.

/// A name, in characters.
pub const NAME_MAX: usize = 200;
/// A short text such as a code or a telephone number, in characters.
pub const SHORT_MAX: usize = 100;
/// A line such as a street, in characters.
pub const LINE_MAX: usize = 300;
/// An e-mail address, in characters (RFC 5321: 254).
pub const EMAIL_MAX: usize = 254;
/// A note, in characters.
pub const NOTE_MAX: usize = 20_000;
/// A URI, in characters.
pub const URI_MAX: usize = 500;
/// A verbatim part of another system, in bytes.
pub const FOREIGN_BYTES_MAX: usize = 64 * 1024;
/// Entries of one collection.
pub const ENTRIES_MAX: usize = 500;
/// Entries of one chart document.
pub const CHART_ENTRIES_MAX: usize = 2_000;
/// The largest attachment, in bytes: 256 MiB.
pub const ATTACHMENT_BYTES_MAX: i64 = 256 * 1024 * 1024;
/// The oldest a living or dead patient can be, in years.
pub const AGE_YEARS_MAX: i32 = 130;
