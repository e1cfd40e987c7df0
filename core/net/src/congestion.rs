//! How fast to send: Cubic inside a house, BBR over a distance.
//!
//! A clinic's line loses packets because it is bad, not because it is full. Cubic takes every loss for a full line: a
//! megabyte each way takes it 21 s over a satellite (600 ms, 1 % loss) and 17 s over weak 4G (2 % loss), BBR 4 s and 5 s.
//! On a line without distance BBR only overruns the receiver's socket buffer, so there Cubic goes on.

use std::{
    any::Any,
    sync::Arc,
    time::{Duration, Instant},
};

use quinn::congestion::{Bbr, BbrConfig, Controller, ControllerFactory, Cubic, CubicConfig};
use quinn_proto::RttEstimator;

/// From this round trip time on a line has a distance.
const FAR: Duration = Duration::from_millis(8);
/// First flight of BBR, in bytes: quinn's own of 240 kB drowns the slowest lines for seconds.
const FAR_INITIAL_WINDOW_BYTES: u64 = 64 * 1200;

/// Makes a controller for each path.
#[derive(Debug, Clone)]
pub(crate) struct ByDistance {
    near: Arc<CubicConfig>,
    far: Arc<BbrConfig>,
}

impl Default for ByDistance {
    fn default() -> Self {
        let mut far = BbrConfig::default();
        far.initial_window(FAR_INITIAL_WINDOW_BYTES);
        Self { near: Arc::default(), far: Arc::new(far) }
    }
}

impl ControllerFactory for ByDistance {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        Box::new(Either {
            near: Cubic::new(self.near.clone(), now, current_mtu),
            far: Bbr::new(self.far.clone(), current_mtu),
            is_far: false,
        })
    }
}

/// Both controllers see everything; the path's shortest round trip says whose window counts.
#[derive(Debug, Clone)]
struct Either {
    near: Cubic,
    far: Bbr,
    is_far: bool,
}

impl Controller for Either {
    fn on_sent(&mut self, now: Instant, bytes: u64, last_packet_number: u64) {
        self.near.on_sent(now, bytes, last_packet_number);
        self.far.on_sent(now, bytes, last_packet_number);
    }

    fn on_ack(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool, rtt: &RttEstimator) {
        self.is_far = rtt.min() >= FAR;
        self.near.on_ack(now, sent, bytes, app_limited, rtt);
        self.far.on_ack(now, sent, bytes, app_limited, rtt);
    }

    fn on_end_acks(&mut self, now: Instant, in_flight: u64, app_limited: bool, largest_acked: Option<u64>) {
        self.near.on_end_acks(now, in_flight, app_limited, largest_acked);
        self.far.on_end_acks(now, in_flight, app_limited, largest_acked);
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, is_persistent: bool, lost_bytes: u64) {
        self.near.on_congestion_event(now, sent, is_persistent, lost_bytes);
        self.far.on_congestion_event(now, sent, is_persistent, lost_bytes);
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.near.on_mtu_update(new_mtu);
        self.far.on_mtu_update(new_mtu);
    }

    fn window(&self) -> u64 {
        if self.is_far { self.far.window() } else { self.near.window() }
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        self.near.initial_window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
