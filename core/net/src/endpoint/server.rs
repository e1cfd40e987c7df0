//! The server's endpoint: admits connections, answers enrolments itself, hands out authenticated sessions.

use std::{net::SocketAddr, sync::Arc};

use parking_lot::Mutex;
use posto_sync::SessionEnd;
use tokio::sync::mpsc;

use super::{
    admission::{Admission, Permit, Verdict},
    exchange,
    link::Link,
    registry::{Place, SessionRegistry},
};
use crate::{
    WallClock,
    binding::PeerCertificate,
    ca::ServerIdentity,
    close::CloseReason,
    enroll::{
        desk::{EnrolmentDesk, EnrolmentRefusal, Standing},
        guesses::Guesses,
        wire::ENROL_ALPN,
    },
    error::NetError,
    limits,
    tls::{self, SYNC_ALPN},
    transport::{Side, transport},
};

/// Preface of a stream on which a node asks for a new certificate; the engines' channels use small numbers.
pub(crate) const RENEWAL_PREFACE: &[u8] = &[0xF0];

/// A listening server.
pub struct Server {
    shared: Arc<Shared>,
    sessions: tokio::sync::Mutex<mpsc::Receiver<Session>>,
}

struct Shared {
    endpoint: quinn::Endpoint,
    desk: Arc<dyn EnrolmentDesk>,
    clock: WallClock,
    admission: Admission,
    guesses: Mutex<Guesses>,
    registry: SessionRegistry,
}

/// An authenticated node, connected. Dropping it closes the connection.
pub struct Session {
    /// What its certificate says. Verified, within its time, not revoked.
    pub peer: PeerCertificate,
    /// The connection.
    pub link: Link,
    /// Its place among the live sessions: claim it before serving the node.
    pub place: Place,
    pub(crate) desk: Arc<dyn EnrolmentDesk>,
    _permit: Permit,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Without effect when it was closed for a reason before.
        self.link.close(SessionEnd::GoingAway.into());
    }
}

impl Server {
    /// Opens the UDP socket and begins to listen. Must be called inside a tokio runtime.
    pub fn bind(
        address: SocketAddr,
        identity: &ServerIdentity,
        desk: Arc<dyn EnrolmentDesk>,
        clock: WallClock,
    ) -> Result<Self, NetError> {
        let mut config = quinn::ServerConfig::with_crypto(Arc::new(tls::server(identity)?));
        config
            .transport_config(transport(Side::Server))
            .max_incoming(limits::HANDSHAKES_MAX * 2)
            .incoming_buffer_size(64 * 1024)
            .incoming_buffer_size_total(8 * 1024 * 1024);
        // Nodes are not known by their address: a token would only cost bytes.
        config.validation_token_config(quinn::ValidationTokenConfig::default().sent(0).clone());
        let endpoint = listen(config, address, &identity.reset_secret).map_err(NetError::Bind)?;
        let shared = Arc::new(Shared {
            endpoint,
            desk,
            clock,
            admission: Admission::default(),
            guesses: Mutex::default(),
            registry: SessionRegistry::default(),
        });
        let (sender, receiver) = mpsc::channel(64);
        tokio::spawn(accept(shared.clone(), sender));
        Ok(Self { shared, sessions: tokio::sync::Mutex::new(receiver) })
    }

    /// The address it listens on.
    pub fn local_address(&self) -> Result<SocketAddr, NetError> {
        self.shared.endpoint.local_addr().map_err(NetError::Bind)
    }

    /// The next node that connected; `None` once the server was shut down.
    pub async fn next_session(&self) -> Option<Session> {
        self.sessions.lock().await.recv().await
    }

    /// Who is connected; also ends sessions.
    pub fn registry(&self) -> SessionRegistry {
        self.shared.registry.clone()
    }

    /// Tells all peers that the server is going away and waits until they know or two seconds have passed.
    pub async fn shutdown(&self) {
        let reason = CloseReason::from(SessionEnd::GoingAway);
        self.shared.endpoint.close(reason.code(), b"");
        let patience = std::time::Duration::from_secs(2);
        let _ = tokio::time::timeout(patience, self.shared.endpoint.wait_idle()).await;
    }
}

fn listen(
    config: quinn::ServerConfig,
    address: SocketAddr,
    reset_secret: &[u8; 32],
) -> std::io::Result<quinn::Endpoint> {
    let (mark, reset_key) = reset_secret.split_first_chunk().unwrap_or((&[0; 8], reset_secret));
    let reset_key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, reset_key);
    let mut common = quinn::EndpointConfig::new(Arc::new(reset_key));
    // Only ids that carry this mark are answered with a reset, so those of the process before must carry it, too.
    let mark = u64::from_be_bytes(*mark);
    common.cid_generator(move || Box::new(quinn_proto::HashedConnectionIdGenerator::from_key(mark)));
    let socket = std::net::UdpSocket::bind(address)?;
    quinn::Endpoint::new(common, Some(config), socket, Arc::new(quinn::TokioRuntime))
}

async fn accept(shared: Arc<Shared>, sessions: mpsc::Sender<Session>) {
    while let Some(incoming) = shared.endpoint.accept().await {
        let proven = incoming.remote_address_validated();
        match shared.admission.judge(incoming.remote_address().ip(), proven) {
            Verdict::Admit(permit) => {
                tokio::spawn(admit(shared.clone(), incoming, permit, sessions.clone()));
            }
            Verdict::Retry => {
                let _ = incoming.retry();
            }
            Verdict::Refuse => incoming.refuse(),
        }
    }
}

async fn admit(
    shared: Arc<Shared>,
    incoming: quinn::Incoming,
    mut permit: Permit,
    sessions: mpsc::Sender<Session>,
) {
    let Ok(connecting) = incoming.accept() else { return };
    let Ok(Ok(connection)) = tokio::time::timeout(limits::HANDSHAKE_TIMEOUT, connecting).await else {
        tracing::debug!("a handshake failed");
        return;
    };
    permit.handshake_done();
    let refused = match protocol(&connection).as_deref() {
        Some(SYNC_ALPN) => match shared.authenticate(&connection).await {
            Ok((peer, place)) => {
                let link = Link { connection };
                let session = Session { peer, link, place, desk: shared.desk.clone(), _permit: permit };
                // Fails only when the server was shut down; the session's drop says goodbye.
                let _ = sessions.send(session).await;
                return;
            }
            Err(reason) => reason,
        },
        Some(ENROL_ALPN) => shared.enrol(&connection).await,
        _ => SessionEnd::ProtocolViolation.into(),
    };
    connection.close(refused.code(), b"");
}

impl Shared {
    /// Decides whether a connection is that of a node in good standing.
    async fn authenticate(
        &self,
        connection: &quinn::Connection,
    ) -> Result<(PeerCertificate, Place), CloseReason> {
        let peer = peer_certificate(connection).ok_or(CloseReason::BadCertificate)?;
        self.check_standing(&peer).await?;
        let now_unix_s = (self.clock)();
        if !peer.is_valid_at(now_unix_s) {
            if now_unix_s <= peer.not_after_unix_s.saturating_add(limits::RENEWAL_GRACE_S) {
                return Err(self.renew_only(connection, &peer).await);
            }
            return Err(CloseReason::Expired);
        }
        let place = self.registry.enter(&peer, connection).ok_or(CloseReason::TooManyConnections)?;
        // Again, now that a revocation finds the connection: one in between must not slip through.
        self.check_standing(&peer).await?;
        Ok((peer, place))
    }

    async fn check_standing(&self, peer: &PeerCertificate) -> Result<(), CloseReason> {
        let (desk, asked) = (self.desk.clone(), peer.clone());
        let standing = tokio::task::spawn_blocking(move || desk.standing(&asked)).await;
        match standing.unwrap_or(Standing::Unavailable) {
            Standing::Good => Ok(()),
            Standing::Revoked => Err(SessionEnd::Revoked.into()),
            Standing::Unknown => Err(SessionEnd::UnknownNode.into()),
            Standing::Unavailable => Err(SessionEnd::Busy.into()),
        }
    }

    /// An expired node may do one thing: ask for a new certificate.
    async fn renew_only(&self, connection: &quinn::Connection, peer: &PeerCertificate) -> CloseReason {
        let renewal = async {
            let (send, mut receive) = connection.accept_bi().await?;
            if !crate::driver::preface::is_renewal(&mut receive).await? {
                return Err(NetError::Protocol("an expired node may only renew"));
            }
            exchange::answer_renewal(send, receive, peer, self.desk.clone()).await
        };
        match tokio::time::timeout(limits::ENROL_TIMEOUT, renewal).await {
            Ok(Ok(())) => CloseReason::Renewed,
            _ => CloseReason::Expired,
        }
    }

    async fn enrol(&self, connection: &quinn::Connection) -> CloseReason {
        let address = connection.remote_address().ip();
        let may_try = self.guesses.lock().may_try(address, (self.clock)());
        let exchange = exchange::answer_enrolment(connection, self.desk.clone(), may_try);
        match tokio::time::timeout(limits::ENROL_TIMEOUT, exchange).await {
            Ok(Ok(refusal)) => {
                if refusal == Some(EnrolmentRefusal::Unknown) {
                    self.guesses.lock().count_wrong(address, (self.clock)());
                }
                SessionEnd::Done.into()
            }
            Ok(Err(_)) => SessionEnd::ProtocolViolation.into(),
            Err(_) => CloseReason::Limit,
        }
    }
}

fn protocol(connection: &quinn::Connection) -> Option<Vec<u8>> {
    connection.handshake_data()?.downcast::<quinn::crypto::rustls::HandshakeData>().ok()?.protocol
}

fn peer_certificate(connection: &quinn::Connection) -> Option<PeerCertificate> {
    let chain =
        connection.peer_identity()?.downcast::<Vec<rustls::pki_types::CertificateDer<'static>>>().ok()?;
    PeerCertificate::parse(chain.first()?).ok()
}
