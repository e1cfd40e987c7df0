//! The listener: plain or TLS; stops without cutting anybody off.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::serve::{Listener, ListenerExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::tls::TlsListener;

/// Answers requests until `stop` is done, then those that are under way. Handlers learn the peer's address.
///
/// # Errors
/// When the listener is not one.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    match tls {
        Some(acceptor) => accept(TlsListener::new(listener, acceptor)?, router, stop).await,
        None => accept(listener, router, stop).await,
    }
}

async fn accept<L: Listener<Addr = SocketAddr>>(
    listener: L,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    // Tapped because only then every listener's peer address reaches the handlers.
    let listener = listener.tap_io(|_| {});
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
