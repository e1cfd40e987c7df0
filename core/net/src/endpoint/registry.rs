//! Who is connected: one live session a node, ended at once when its certificate is revoked.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use posto_sync::{BootId, SessionEnd};
use ulid::Ulid;

use crate::{binding::PeerCertificate, close::CloseReason, limits};

/// The connections of a server, by node.
#[derive(Debug, Clone, Default)]
pub struct SessionRegistry {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    connections: Mutex<BTreeMap<(Ulid, u64), Entry>>,
    tickets: AtomicU64,
}

#[derive(Debug, Clone)]
struct Entry {
    connection: quinn::Connection,
    peer: PeerCertificate,
    /// Which process and which of its connections, once it has said hello and was let in.
    claim: Option<(BootId, u64)>,
}

/// A connected node, for the console.
#[derive(Debug, Clone)]
pub struct LiveSession {
    /// Whose it is.
    pub peer: PeerCertificate,
    /// Where it connects from.
    pub address: SocketAddr,
    /// Its present round trip time.
    pub round_trip_time: Duration,
}

/// A connection's place in the registry; it is free again when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Place {
    seat: Arc<Seat>,
}

#[derive(Debug)]
struct Seat {
    inner: Arc<Inner>,
    node: Ulid,
    ticket: u64,
}

impl SessionRegistry {
    /// Records a connection whose certificate was accepted; `None` when the node already has too many.
    pub(crate) fn enter(&self, peer: &PeerCertificate, connection: &quinn::Connection) -> Option<Place> {
        let node = peer.binding.node;
        let mut connections = self.inner.connections.lock();
        if connections.range(node_range(node)).count() >= limits::CONNECTIONS_PER_NODE_MAX {
            return None;
        }
        let ticket = self.inner.tickets.fetch_add(1, Ordering::Relaxed);
        let entry = Entry { connection: connection.clone(), peer: peer.clone(), claim: None };
        connections.insert((node, ticket), entry);
        Some(Place { seat: Arc::new(Seat { inner: self.inner.clone(), node, ticket }) })
    }

    /// Ends the node's connections at once; true when there was one. The database must refuse the certificate before this
    /// is called, or the node could come back in between.
    pub fn revoke(&self, node: Ulid) -> bool {
        self.end(node, SessionEnd::Revoked.into())
    }

    /// Ends the node's connections for any reason; true when there was one.
    pub fn end(&self, node: Ulid, reason: CloseReason) -> bool {
        let mut connections = self.inner.connections.lock();
        let tickets: Vec<_> = connections.range(node_range(node)).map(|(key, _)| *key).collect();
        for key in &tickets {
            if let Some(entry) = connections.remove(key) {
                entry.connection.close(reason.code(), b"");
            }
        }
        !tickets.is_empty()
    }

    /// The nodes that are connected and were let in.
    pub fn sessions(&self) -> Vec<LiveSession> {
        let connections = self.inner.connections.lock();
        let live =
            connections.values().filter(|e| e.claim.is_some() && e.connection.close_reason().is_none());
        live.map(|entry| LiveSession {
            peer: entry.peer.clone(),
            address: entry.connection.remote_address(),
            round_trip_time: entry.connection.rtt(),
        })
        .collect()
    }
}

impl Place {
    /// Makes this connection the node's one session (the answer to a hub's `Admit`). Waits up to
    /// [`limits::PROBE_MAX`]; call it on a thread that may block, inside the tokio runtime.
    ///
    /// A session of the same process and an earlier connection is superseded. One of another process is asked for a sign of
    /// life: if it answers, the node exists twice and this one is refused; if not, its line or process is dead and this
    /// one takes its place.
    pub fn claim(&self, boot: BootId, connection_number: u64) -> Result<(), SessionEnd> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| SessionEnd::Busy)?;
        runtime.block_on(self.claim_async(boot, connection_number))
    }

    /// [`claim`](Self::claim) for asynchronous callers.
    pub async fn claim_async(&self, boot: BootId, connection_number: u64) -> Result<(), SessionEnd> {
        // Bounded, should newcomers fight over the place while it keeps falling vacant.
        for _ in 0..limits::CONNECTIONS_PER_NODE_MAX {
            let Some((ticket, occupant, claim)) = self.seat.take(boot, connection_number)? else {
                return Ok(());
            };
            if claim.0 == boot {
                if claim.1 >= connection_number {
                    return Err(SessionEnd::Superseded);
                }
                occupant.close(CloseReason::from(SessionEnd::Superseded).code(), b"");
            } else if occupant.close_reason().is_none() {
                if is_alive(&occupant).await {
                    return Err(SessionEnd::Cloned);
                }
                occupant.close(CloseReason::Replaced.code(), b"");
            }
            self.seat.inner.leave(self.seat.node, ticket);
        }
        Err(SessionEnd::Busy)
    }
}

type Occupant = (u64, quinn::Connection, (BootId, u64));

impl Seat {
    /// Claims the node's session when no other connection has; else answers who has.
    fn take(&self, boot: BootId, connection_number: u64) -> Result<Option<Occupant>, SessionEnd> {
        let mut connections = self.inner.connections.lock();
        let mut others = connections.range(node_range(self.node)).filter(|(key, _)| key.1 != self.ticket);
        if let Some((key, entry, claim)) =
            others.find_map(|(key, entry)| entry.claim.map(|claim| (key, entry, claim)))
        {
            return Ok(Some((key.1, entry.connection.clone(), claim)));
        }
        // Gone when it was revoked or ended in the meantime.
        let own = connections.get_mut(&(self.node, self.ticket)).ok_or(SessionEnd::Revoked)?;
        own.claim = Some((boot, connection_number));
        Ok(None)
    }
}

impl Inner {
    fn leave(&self, node: Ulid, ticket: u64) {
        self.connections.lock().remove(&(node, ticket));
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.inner.leave(self.node, self.ticket);
    }
}

fn node_range(node: Ulid) -> std::ops::RangeInclusive<(Ulid, u64)> {
    (node, 0)..=(node, u64::MAX)
}

/// Sends one byte on a stream of its own and waits for QUIC's acknowledgement of it.
async fn is_alive(connection: &quinn::Connection) -> bool {
    let patience = (connection.rtt() * 4).clamp(limits::PROBE_MIN, limits::PROBE_MAX);
    let probe = async {
        let mut stream = connection.open_uni().await.ok()?;
        stream.write_all(&[0]).await.ok()?;
        stream.finish().ok()?;
        stream.stopped().await.ok()
    };
    matches!(tokio::time::timeout(patience, probe).await, Ok(Some(_)))
}
