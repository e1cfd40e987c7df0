//! A new certificate before the old one expires.

use std::sync::Arc;

use posto_net::endpoint::client;
use posto_net::endpoint::link::Link;
use posto_net::{NetError, NodeIdentity};

use crate::app::App;

/// Renews the certificate over an open connection when two thirds of its life are over. A failure is no reason
/// not to sync: there is another third to try again.
pub(super) async fn renew_if_due(app: &Arc<App>, link: &Link, identity: &NodeIdentity) {
    let now_s = (app.pen.now_ms() / 1000) as i64;
    if !identity.details().is_due_for_renewal(now_s) {
        return;
    }
    match renew(app, link, identity).await {
        Ok(()) => tracing::info!("the certificate was renewed; the next connection uses it"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the certificate could not be renewed")
        }
    }
}

async fn renew(app: &Arc<App>, link: &Link, identity: &NodeIdentity) -> Result<(), NetError> {
    let renewed = client::renew(link, identity).await?;
    let folder = app.data.identity();
    let saved = tokio::task::spawn_blocking(move || renewed.save(&folder).map(|()| renewed)).await??;
    app.certificate.store(Some(Arc::new(saved)));
    Ok(())
}
