//! Notices what other processes wrote: a revoked node, new directory documents, an erasure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use posto_net::Ulid;
use posto_net::endpoint::registry::SessionRegistry;
use posto_sync::SessionEnd;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::health::Health;
use crate::hub::Hub;
use crate::projector::Wake;
use crate::storage::DbError;
use crate::storage::table::{node, signal};

/// A revocation must end a session within a second, whoever wrote it.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Looks at the signals, on a timer and on a nudge.
pub(crate) struct Watch {
    pub hub: Arc<Hub>,
    pub connections: SessionRegistry,
    pub health: Arc<Health>,
    pub projector: Wake,
    pub nudge: Arc<Notify>,
}

impl Watch {
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut seen: Option<BTreeMap<String, i64>> = None;
        while !stop.is_cancelled() {
            match self.hub.db.read::<_, DbError, _>(signal::all).await {
                Ok(now) => {
                    if let Some(before) = &seen {
                        self.react(before, &now).await;
                    }
                    seen = Some(now);
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the signals cannot be read")
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.nudge.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn react(&self, before: &BTreeMap<String, i64>, now: &BTreeMap<String, i64>) {
        let rose = |topic: &str| now.get(topic) > before.get(topic);
        if rose(signal::NODES) {
            self.end_revoked().await;
            self.health.touch();
        }
        if rose(signal::SCOPES) {
            self.hub.registry.nudge_all();
            self.projector.wake();
            self.health.touch();
        }
    }

    async fn end_revoked(&self) {
        let revoked = match self.hub.db.read::<_, DbError, _>(node::revoked).await {
            Ok(revoked) => revoked,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the revoked nodes cannot be read");
                return;
            }
        };
        for id in revoked {
            let told = self.hub.registry.stop(id, SessionEnd::Revoked);
            // A peer that does not listen is cut off all the same.
            let cut = self.connections.revoke(Ulid::from_bytes(id.to_bytes()));
            if told || cut {
                tracing::warn!(node = %id, "ended the session of a revoked node");
                self.health.note(id, |health| health.online = false);
            }
        }
    }
}
