//! The node's endpoint: enrols, connects, renews.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use posto_sync::{SessionEnd, frame};
use quinn::crypto::rustls::QuicClientConfig;
use rustls::pki_types::CertificateDer;

use super::{exchange, link::Link, server::RENEWAL_PREFACE};
use crate::{
    ca::SERVER_NAME,
    enroll::{EnrolmentCode, wire::Request},
    error::NetError,
    identity::{NodeIdentity, NodeKey},
    limits, tls,
    transport::{Side, transport},
};

/// What a node says about itself when it enrols, for the server's console.
#[derive(Debug, Clone, Default)]
pub struct SelfDescription {
    /// Software and version.
    pub software: String,
    /// What this machine is called.
    pub label: String,
}

/// A node's endpoint towards its server.
pub struct Client {
    sockets: Sockets,
    config: quinn::ClientConfig,
}

impl Client {
    /// Opens UDP sockets for an enrolled node. Must be called inside a tokio runtime.
    pub fn open(identity: &NodeIdentity) -> Result<Self, NetError> {
        Ok(Self { sockets: Sockets::open()?, config: quic_config(tls::node(identity)?) })
    }

    /// Connects to the server (`host:port`), trying each of its addresses in turn. A server that refuses this node does so
    /// after the handshake: see [`Link::closed`] and the errors of the first use.
    pub async fn connect(&self, server: &str) -> Result<Link, NetError> {
        let connection = self.sockets.connect(server, &self.config).await?;
        Ok(Link { connection })
    }

    /// Gives goodbyes that were just said a moment to leave this process. Waiting until QUIC has forgotten the connection
    /// would take three times its loss timeout, most of the time that a whole check for changes takes.
    pub async fn wait_idle(&self) {
        let _ = tokio::time::timeout(std::time::Duration::from_millis(2), self.sockets.wait_idle()).await;
    }
}

/// Exchanges a one-time code for an identity. Nothing is stored: the caller saves it.
pub async fn enrol(
    server: &str,
    code: &EnrolmentCode,
    description: &SelfDescription,
) -> Result<NodeIdentity, NetError> {
    let key = NodeKey::generate()?;
    let sockets = Sockets::open()?;
    let connection = sockets.connect(server, &quic_config(tls::stranger(code)?)).await?;
    let request = Request {
        secret: code.secret().to_vec(),
        request_der: key.request()?,
        software: description.software.clone(),
        label: description.label.clone(),
    };
    let (send, receive) = connection.open_bi().await?;
    let mut answer = exchange::ask(send, receive, &request).await?;
    let certificate = answer.certificate()?;
    let authority = authority(&connection, code).ok_or(NetError::WrongServer)?;
    let identity = NodeIdentity::new(key, certificate, authority, answer.card(server.to_owned())?)?;
    Link { connection }.say_goodbye(SessionEnd::Done.into()).await;
    Ok(identity)
}

/// Asks for a certificate for a new key over a connection made with the present one. The caller saves the answer and
/// connects with it; until the server has seen it, the present one stays good.
pub async fn renew(link: &Link, identity: &NodeIdentity) -> Result<NodeIdentity, NetError> {
    let key = NodeKey::generate()?;
    let request = Request {
        secret: Vec::new(),
        request_der: key.request()?,
        software: String::new(),
        label: String::new(),
    };
    let (mut send, receive) = link.connection.open_bi().await?;
    let mut preface = Vec::new();
    frame::write_frame(RENEWAL_PREFACE, &mut preface);
    send.write_all(&preface).await.map_err(|error| NetError::Stream(error.into()))?;
    let certificate = exchange::ask(send, receive, &request).await?.certificate()?;
    identity.renewed(key, certificate)
}

/// A connection that is authenticated as it was configured, for tests that misbehave.
#[cfg(feature = "testing")]
pub(crate) async fn connect_with(server: &str, crypto: QuicClientConfig) -> Result<Link, NetError> {
    let connection = Sockets::open()?.connect(server, &quic_config(crypto)).await?;
    Ok(Link { connection })
}

fn authority(connection: &quinn::Connection, code: &EnrolmentCode) -> Option<Vec<u8>> {
    let chain = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    tls::named_authority(code, &chain).map(|authority| authority.to_vec())
}

fn quic_config(crypto: QuicClientConfig) -> quinn::ClientConfig {
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    config.transport_config(transport(Side::Node));
    config
}

/// One UDP socket for each family of addresses that this machine has.
struct Sockets {
    v4: Option<quinn::Endpoint>,
    v6: Option<quinn::Endpoint>,
}

impl Sockets {
    fn open() -> Result<Self, NetError> {
        let v4 = quinn::Endpoint::client(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        let v6 = quinn::Endpoint::client(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)));
        match (v4, v6) {
            (Err(error), Err(_)) => Err(NetError::Bind(error)),
            (v4, v6) => Ok(Self { v4: v4.ok(), v6: v6.ok() }),
        }
    }

    async fn connect(
        &self,
        server: &str,
        config: &quinn::ClientConfig,
    ) -> Result<quinn::Connection, NetError> {
        let addresses = tokio::net::lookup_host(server).await.map_err(NetError::Resolve)?;
        let mut failure = NetError::NoAddress;
        for address in addresses {
            let Some(endpoint) = (if address.is_ipv4() { &self.v4 } else { &self.v6 }) else { continue };
            let connecting = endpoint.connect_with(config.clone(), address, SERVER_NAME)?;
            match tokio::time::timeout(limits::HANDSHAKE_TIMEOUT, connecting).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => failure = error.into(),
                Err(_) => failure = NetError::Timeout("connect"),
            }
        }
        Err(failure)
    }

    async fn wait_idle(&self) {
        for endpoint in [&self.v4, &self.v6].into_iter().flatten() {
            endpoint.wait_idle().await;
        }
    }
}
