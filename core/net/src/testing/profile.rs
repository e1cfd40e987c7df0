//! The ladder of named bad links.

/// How a link treats packets, the same in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkProfile {
    /// What testers call it.
    pub name: &'static str,
    /// Time on the way, one direction, in milliseconds.
    pub delay_ms: u64,
    /// Up to this much more, drawn for each packet, in milliseconds; order is kept.
    pub jitter_ms: u64,
    /// Packets lost, per thousand.
    pub loss_permille: u64,
    /// Packets that arrive twice, per thousand.
    pub duplicate_permille: u64,
    /// Packets that the following ones overtake, per thousand.
    pub reorder_permille: u64,
    /// Throughput, in kilobits a second.
    pub rate_kbit_s: u64,
}

/// A cable in the house.
pub const LAN: LinkProfile = LinkProfile {
    name: "lan",
    delay_ms: 0,
    jitter_ms: 0,
    loss_permille: 0,
    duplicate_permille: 0,
    reorder_permille: 0,
    rate_kbit_s: 1_000_000,
};

/// A phone as modem at the edge of its cell.
pub const WEAK_4G: LinkProfile = LinkProfile {
    name: "weak-4g",
    delay_ms: 60,
    jitter_ms: 40,
    loss_permille: 20,
    duplicate_permille: 1,
    reorder_permille: 5,
    rate_kbit_s: 3_000,
};

/// A geostationary satellite: 600 ms a round trip.
pub const SATELLITE: LinkProfile = LinkProfile {
    name: "satellite",
    delay_ms: 300,
    jitter_ms: 10,
    loss_permille: 10,
    duplicate_permille: 0,
    reorder_permille: 2,
    rate_kbit_s: 8_000,
};

/// Rain, distance and an overbooked mast.
pub const BARELY_USABLE: LinkProfile = LinkProfile {
    name: "barely-usable",
    delay_ms: 250,
    jitter_ms: 200,
    loss_permille: 100,
    duplicate_permille: 20,
    reorder_permille: 50,
    rate_kbit_s: 256,
};

/// Nearly a third of all packets lost.
pub const LOSSY: LinkProfile = LinkProfile {
    name: "lossy",
    delay_ms: 20,
    jitter_ms: 10,
    loss_permille: 300,
    duplicate_permille: 10,
    reorder_permille: 20,
    rate_kbit_s: 10_000,
};

/// From good to bad.
pub const LADDER: [LinkProfile; 5] = [LAN, WEAK_4G, SATELLITE, BARELY_USABLE, LOSSY];
