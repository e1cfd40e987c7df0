//! The listener: plain on loopback, TLS on the LAN; stops without cutting anybody off.

use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::{Listener, ListenerExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::tls::{self, TlsError, TlsListener};
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
    let task = match (&http.tls_certificate, &http.tls_key) {
        (Some(certificate), Some(key)) => {
            let acceptor = tls::acceptor(certificate, key)?;
            serve(TlsListener::new(listener, acceptor).map_err(failed)?, &desk)
        }
        _ => serve(listener, &desk),
    };
    Ok(Listening { address, desk, task })
}

fn serve<L>(listener: L, desk: &Desk) -> JoinHandle<()>
where
    L: Listener<Addr = SocketAddr>,
{
    // Tapped because only then every listener's peer address reaches the handlers.
    let listener = listener.tap_io(|_| {});
    let service = router(desk.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let mut stopping = desk.shared.stopping.subscribe();
    tokio::spawn(async move {
        let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
            // An error means that the node is gone.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        });
        if let Err(error) = serving.await {
            tracing::error!(%error, "the listener ended");
        }
    })
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
