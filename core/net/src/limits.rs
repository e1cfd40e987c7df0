//! Every bound of the network layer in one place.

use std::time::Duration;

/// Validity of a node's certificate, in seconds: 90 days.
pub const NODE_CERTIFICATE_VALIDITY_S: i64 = 90 * 86_400;
/// Validity of the server's own certificate, in seconds: two years (a new one is issued at each start).
pub const SERVER_CERTIFICATE_VALIDITY_S: i64 = 730 * 86_400;
/// Validity of the certificate authority, in seconds: 30 years.
pub const CA_VALIDITY_S: i64 = 30 * 365 * 86_400;
/// Certificates start this long before they were issued, because clinic clocks lie, in seconds.
pub const CERTIFICATE_BACKDATE_S: i64 = 86_400;
/// An expired certificate may still ask for its renewal this long, in seconds: a node that was off for a year must come back.
pub const RENEWAL_GRACE_S: i64 = 400 * 86_400;
/// Locations bound to one certificate.
pub const LOCATIONS_PER_NODE_MAX: usize = 64;

/// Connections at once from one address (a /64 for IPv6): clinics and LANs share addresses.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 256;
/// Connections at once of one node: its session, and those that wait to replace it or renew.
pub const CONNECTIONS_PER_NODE_MAX: usize = 4;
/// Connections at once in all.
pub const CONNECTIONS_MAX: usize = 4_096;
/// Handshakes under way at once; more are asked to prove their address first.
pub const HANDSHAKES_MAX: usize = 512;
/// Handshakes under way from which unvalidated addresses are answered with a retry.
pub const HANDSHAKES_BEFORE_RETRY: usize = 64;
/// A handshake must be done within this time.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);
/// Bidirectional streams that a peer may have open at once: three channels a scope, control, attachments, renewal.
pub const STREAMS_BI_MAX: u32 = 256;
/// One-way streams that a peer may have open at once: only the server's sign-of-life probes.
pub const STREAMS_UNI_MAX: u32 = 4;
/// Bytes of frames being received or waiting for the engine, of one connection (control frames come on top). A frame above
/// [`SMALL_FRAME_BYTES`] is only read once it fits.
pub const INBOUND_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Frames up to this size need no room of the budget.
pub const SMALL_FRAME_BYTES: usize = 16 * 1024;
/// Frames that wait for the engine, of one connection, control and others each.
pub const INBOUND_FRAMES_MAX: usize = 16;
/// Storage requests running at once for one connection.
pub const STORAGE_REQUESTS_PER_SESSION_MAX: usize = 8;
/// What was sent before a goodbye has this long to arrive.
pub const GOODBYE_TIMEOUT: Duration = Duration::from_secs(1);
/// The datagram that closes a connection leaves this process at once; a busy machine may need this long, in milliseconds.
pub const CLOSE_SENT_MS_MAX: u32 = 100;
/// When a second connection of a node appears, the first has at least this long to show that it is alive.
pub const PROBE_MIN: Duration = Duration::from_millis(600);
/// And at most this long.
pub const PROBE_MAX: Duration = Duration::from_secs(4);

/// A connection without a sign of life for this long is dead.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// A node says that it is alive this often; keeps NAT bindings open too.
pub const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// Bytes in flight towards us on one stream: fills 25 Mbit/s at 600 ms.
pub const STREAM_WINDOW_BYTES: u32 = 2 * 1024 * 1024;
/// Bytes in flight towards us on one connection.
pub const CONNECTION_WINDOW_BYTES: u32 = 6 * 1024 * 1024;
/// Bytes that may wait unacknowledged on the sending side of one connection.
pub const SEND_WINDOW_BYTES: u64 = 6 * 1024 * 1024;

/// Size of an enrolment or renewal request, in bytes.
pub const ENROL_REQUEST_BYTES_MAX: usize = 8 * 1024;
/// Size of the answer to it, in bytes.
pub const ENROL_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// An enrolment or renewal must be done within this time.
pub const ENROL_TIMEOUT: Duration = Duration::from_secs(20);
/// Wrong codes that one address may try in a burst.
pub const GUESSES_BURST_MAX: u32 = 10;
/// One more wrong code is allowed after this many seconds.
pub const GUESS_REFILL_S: i64 = 60;
/// Addresses whose wrong guesses are remembered.
pub const GUESSERS_MAX: usize = 10_000;
/// Length of the software version and host label a node sends, in bytes; longer ones are cut.
pub const LABEL_BYTES_MAX: usize = 128;
