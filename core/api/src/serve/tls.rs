//! TLS off loopback: handshakes in tasks of their own, so that a slow one keeps nobody waiting.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
pub use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A handshake must be done within this time.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that passed the handshake and wait to be served.
const WAITING_MAX: usize = 64;

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{} is no PEM file of a certificate or key", path.display())]
    Pem {
        path: PathBuf,
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    #[error("{} and its key cannot be used", path.display())]
    Certificate {
        path: PathBuf,
        #[source]
        source: rustls::Error,
    },
}

/// Takes connections that speak TLS.
pub(super) struct TlsListener {
    connected: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// Reads a certificate chain and its key, both PEM.
///
/// # Errors
/// [`TlsError`], which names the file.
pub fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::Pem { path, source }
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let failed = |source| TlsError::Certificate { path: certificate.to_owned(), source };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(failed)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl TlsListener {
    pub(super) fn new(listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, connected) = mpsc::channel(WAITING_MAX);
        let accepting = tokio::spawn(accept_all(listener, acceptor, sender));
        Ok(Self { connected, address, accepting })
    }
}

async fn accept_all(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    connected: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    loop {
        // The trait's own accept waits and goes on when the machine is out of sockets.
        let (stream, peer) = Listener::accept(&mut listener).await;
        let (acceptor, connected) = (acceptor.clone(), connected.clone());
        tokio::spawn(async move {
            // Who does not speak TLS is a scanner or a wrong address: nobody to tell.
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                // A full or closed queue ends the connection.
                drop(connected.try_send((stream, peer)));
            }
        });
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.connected.recv().await {
            Some(connected) => connected,
            // The accepting task never ends by itself; without it nothing more comes.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
