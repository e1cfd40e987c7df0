//! The proxy: one UDP port in front of a server, one socket behind it for each client.

use std::{
    collections::btree_map::{BTreeMap, Entry},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{net::UdpSocket, task::JoinSet, time::Instant};

use super::profile::LinkProfile;

/// A packet may wait this long in a full link before it is dropped.
const QUEUE_MAX: Duration = Duration::from_millis(800);

/// Which way packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From a node to the server.
    Up,
    /// From the server to a node.
    Down,
}

/// A link that can be made worse, cut and healed while it is in use. Ends when dropped.
pub struct LinkProxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _tasks: JoinSet<()>,
}

struct State {
    profile: LinkProfile,
    cut_up: bool,
    cut_down: bool,
    random: u64,
    up: Lane,
    down: Lane,
    passed_bytes: u64,
    server: SocketAddr,
}

impl LinkProxy {
    /// Opens a link to the server on a loopback port of its own. The seed decides each packet's fate.
    pub async fn open(profile: LinkProfile, server: SocketAddr, seed: u64) -> std::io::Result<Self> {
        let front = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
        let address = front.local_addr()?;
        let now = Instant::now();
        let state = State {
            profile,
            cut_up: false,
            cut_down: false,
            random: seed,
            up: Lane { free: now, latest: now },
            down: Lane { free: now, latest: now },
            passed_bytes: 0,
            server,
        };
        let state = Arc::new(Mutex::new(state));
        let mut tasks = JoinSet::new();
        tasks.spawn(forward_up(front, state.clone()));
        Ok(Self { address, state, _tasks: tasks })
    }

    /// Where nodes connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes the link better or worse.
    pub fn set_profile(&self, profile: LinkProfile) {
        self.state.lock().profile = profile;
    }

    /// Leads to another server from now on, as an address does when the machine behind it is replaced.
    pub fn redirect(&self, server: SocketAddr) {
        self.state.lock().server = server;
    }

    /// Loses every packet, both ways.
    pub fn cut(&self) {
        let mut state = self.state.lock();
        (state.cut_up, state.cut_down) = (true, true);
    }

    /// Loses every packet one way.
    pub fn cut_one_way(&self, direction: Direction) {
        let mut state = self.state.lock();
        match direction {
            Direction::Up => state.cut_up = true,
            Direction::Down => state.cut_down = true,
        }
    }

    /// Carries packets again.
    pub fn heal(&self) {
        let mut state = self.state.lock();
        (state.cut_up, state.cut_down) = (false, false);
    }

    /// UDP payload bytes delivered so far, both ways.
    pub fn passed_bytes(&self) -> u64 {
        self.state.lock().passed_bytes
    }
}

/// One direction of the link.
#[derive(Clone, Copy)]
struct Lane {
    /// When the wire can take the next packet.
    free: Instant,
    /// When the last packet arrives: jitter delays packets, it does not shuffle them.
    latest: Instant,
}

impl State {
    /// When copies of a packet arrive: none when it is lost, two when it is repeated.
    fn fate(&mut self, direction: Direction, bytes: usize) -> Vec<Instant> {
        let cut = match direction {
            Direction::Up => self.cut_up,
            Direction::Down => self.cut_down,
        };
        if cut || self.happens(self.profile.loss_permille) {
            return Vec::new();
        }
        let on_wire = Duration::from_micros(bytes as u64 * 8_000 / self.profile.rate_kbit_s.max(1));
        let now = Instant::now();
        let jitter = Duration::from_millis(self.random() % (self.profile.jitter_ms + 1));
        let overtaken = self.happens(self.profile.reorder_permille);
        let profile = self.profile;
        let lane = match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        };
        let begins = lane.free.max(now);
        if begins - now > QUEUE_MAX {
            return Vec::new();
        }
        lane.free = begins + on_wire;
        let mut arrives = lane.free + Duration::from_millis(profile.delay_ms) + jitter;
        if overtaken {
            arrives += Duration::from_millis(profile.delay_ms + 1);
        } else {
            arrives = arrives.max(lane.latest);
            lane.latest = arrives;
        }
        let copies = 1 + usize::from(self.happens(self.profile.duplicate_permille));
        self.passed_bytes += (bytes * copies) as u64;
        vec![arrives; copies]
    }

    fn happens(&mut self, permille: u64) -> bool {
        self.random() % 1000 < permille
    }

    /// SplitMix64.
    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

async fn forward_up(front: Arc<UdpSocket>, state: Arc<Mutex<State>>) {
    let mut clients: BTreeMap<SocketAddr, Arc<UdpSocket>> = BTreeMap::new();
    let mut tasks = JoinSet::new();
    let mut buffer = vec![0; 65_536];
    loop {
        // An ICMP "port unreachable" of an earlier packet shows up here as an error; the link goes on.
        let Ok((bytes, client)) = front.recv_from(&mut buffer).await else { continue };
        let back = match clients.entry(client) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => {
                let Ok(back) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await else { continue };
                let back = Arc::new(back);
                tasks.spawn(forward_down(front.clone(), back.clone(), client, state.clone()));
                new.insert(back).clone()
            }
        };
        let (arrivals, server) = {
            let mut state = state.lock();
            (state.fate(Direction::Up, bytes), state.server)
        };
        for arrives in arrivals {
            let (back, packet) = (back.clone(), buffer[..bytes].to_vec());
            deliver(arrives, async move {
                let _ = back.send_to(&packet, server).await;
            });
        }
    }
}

async fn forward_down(
    front: Arc<UdpSocket>,
    back: Arc<UdpSocket>,
    client: SocketAddr,
    state: Arc<Mutex<State>>,
) {
    let mut buffer = vec![0; 65_536];
    loop {
        let Ok((bytes, _)) = back.recv_from(&mut buffer).await else {
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        };
        let arrivals = state.lock().fate(Direction::Down, bytes);
        for arrives in arrivals {
            let (front, packet) = (front.clone(), buffer[..bytes].to_vec());
            deliver(arrives, async move {
                let _ = front.send_to(&packet, client).await;
            });
        }
    }
}

fn deliver(arrives: Instant, send: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(async move {
        tokio::time::sleep_until(arrives).await;
        send.await;
    });
}
