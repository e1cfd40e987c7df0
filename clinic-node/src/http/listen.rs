//! The listener: plain on loopback, TLS on the LAN; stops without cutting anybody off.

use std::net::SocketAddr;
use std::time::Duration;

use posto_api::serve::listen;
use posto_api::serve::tls::{self, TlsError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Desk, router};

/// Requests under way get this long when the node stops.
const GRACE: Duration = Duration::from_secs(10);

/// Why the API is not reachable.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("cannot listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot speak TLS")]
    Tls(#[from] TlsError),
}

/// The running listener.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    desk: Desk,
    task: JoinHandle<()>,
}

/// Starts answering requests at the configured address.
///
/// # Errors
/// [`HttpError`].
pub async fn listen(desk: Desk) -> Result<Listening, HttpError> {
    let http = desk.app.config.http.clone();
    let failed = |source| HttpError::Listen { address: http.listen, source };
    let listener = TcpListener::bind(http.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let tls = match (&http.tls_certificate, &http.tls_key) {
        (Some(certificate), Some(key)) => Some(tls::acceptor(certificate, key)?),
        _ => None,
    };
    let mut stopping = desk.shared.stopping.subscribe();
    let stop = async move {
        // An error means that the node is gone.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    let serving = listen::serve(listener, tls, router(desk.clone()), stop);
    let task = tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the listener ended");
        }
    });
    Ok(Listening { address, desk, task })
}

impl Listening {
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new requests and waits for those under way.
    pub(crate) async fn stop(mut self) {
        self.desk.stop();
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            tracing::warn!("requests under way were cut off");
            self.task.abort();
        }
    }
}
