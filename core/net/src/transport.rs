//! QUIC's numbers for both sides.

use std::sync::Arc;

use quinn::{IdleTimeout, TransportConfig, VarInt};

use crate::{congestion::ByDistance, limits};

/// Which side of a connection this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Node,
    Server,
}

pub(crate) fn transport(side: Side) -> Arc<TransportConfig> {
    let mut config = TransportConfig::default();
    let idle = VarInt::from_u32(u32::try_from(limits::IDLE_TIMEOUT.as_millis()).unwrap_or(u32::MAX));
    config
        .max_idle_timeout(Some(IdleTimeout::from(idle)))
        .stream_receive_window(VarInt::from_u32(limits::STREAM_WINDOW_BYTES))
        .receive_window(VarInt::from_u32(limits::CONNECTION_WINDOW_BYTES))
        .send_window(limits::SEND_WINDOW_BYTES)
        // Probing for a larger packet costs 6 to 9 kB at the start of each connection: more than a whole no-op sync.
        .mtu_discovery_config(None)
        .congestion_controller_factory(Arc::new(ByDistance::default()))
        .datagram_receive_buffer_size(None)
        .allow_spin(false);
    match side {
        // Only the node keeps the connection alive: one side is enough, and NAT bindings are opened from inside.
        Side::Node => {
            config
                .keep_alive_interval(Some(limits::KEEP_ALIVE))
                .max_concurrent_bidi_streams(VarInt::from_u32(limits::STREAMS_BI_MAX))
                .max_concurrent_uni_streams(VarInt::from_u32(limits::STREAMS_UNI_MAX));
        }
        Side::Server => {
            config
                .max_concurrent_bidi_streams(VarInt::from_u32(limits::STREAMS_BI_MAX))
                .max_concurrent_uni_streams(VarInt::from_u32(0));
        }
    }
    Arc::new(config)
}
