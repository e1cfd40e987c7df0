//! One authenticated connection between a node and its server.

use std::net::SocketAddr;

use crate::{close::CloseReason, error::NetError, limits};

/// A connection that passed the handshake.
#[derive(Debug, Clone)]
pub struct Link {
    pub(crate) connection: quinn::Connection,
}

/// Bytes on the wire, UDP payloads whole: what a metered line counts, less IP and UDP headers (28 or 48 bytes a datagram).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UdpTraffic {
    /// Bytes sent.
    pub sent_bytes: u64,
    /// Bytes received.
    pub received_bytes: u64,
    /// Datagrams sent.
    pub sent_datagrams: u64,
    /// Datagrams received.
    pub received_datagrams: u64,
    /// Packets of ours that were declared lost.
    pub lost_packets: u64,
}

impl Link {
    /// The bare connection, for tests that misbehave.
    #[cfg(feature = "testing")]
    pub fn bare(&self) -> &quinn::Connection {
        &self.connection
    }

    /// Closes the connection at once and tells the peer why.
    pub fn close(&self, reason: CloseReason) {
        self.connection.close(reason.code(), b"");
    }

    /// Closes the connection and waits until the datagram that says so has left this process; on a busy machine that may
    /// take a moment. A process that exits before would keep the peer waiting for its idle timeout.
    pub async fn say_goodbye(&self, reason: CloseReason) {
        if self.close_reason().is_some() {
            // The peer was first: nothing would be sent any more.
            return;
        }
        let before = self.sent_datagrams();
        self.close(reason);
        self.sent_within(before, limits::CLOSE_SENT_MS_MAX).await;
    }

    pub(crate) fn sent_datagrams(&self) -> u64 {
        self.connection.stats().udp_tx.datagrams
    }

    /// Waits until a datagram was sent after `before`, a few milliseconds at most.
    pub(crate) async fn sent_more_than(&self, before: u64) {
        self.sent_within(before, 4).await;
    }

    async fn sent_within(&self, before: u64, patience_ms: u32) {
        for attempt in 0..patience_ms + 4 {
            tokio::task::yield_now().await;
            if self.sent_datagrams() > before {
                return;
            }
            if attempt > 3 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        }
    }

    /// Waits until the connection is closed; tells why.
    pub async fn closed(&self) -> NetError {
        self.connection.closed().await.into()
    }

    /// Why the connection is closed, or `None` while it is open.
    pub fn close_reason(&self) -> Option<NetError> {
        self.connection.close_reason().map(NetError::from)
    }

    /// Where the peer is now; changes when the peer's network does.
    pub fn remote_address(&self) -> SocketAddr {
        self.connection.remote_address()
    }

    /// The present estimate of the round trip time.
    pub fn round_trip_time(&self) -> std::time::Duration {
        self.connection.rtt()
    }

    /// Traffic since the first packet of the handshake.
    pub fn udp_traffic(&self) -> UdpTraffic {
        let stats = self.connection.stats();
        UdpTraffic {
            sent_bytes: stats.udp_tx.bytes,
            received_bytes: stats.udp_rx.bytes,
            sent_datagrams: stats.udp_tx.datagrams,
            received_datagrams: stats.udp_rx.datagrams,
            lost_packets: stats.path.lost_packets,
        }
    }
}
