//! Whether a node may have a session, and what it finds there.

use std::collections::BTreeSet;

use posto_domain::NodeId;
use posto_sync::hub::Admission;
use posto_sync::{ActorPrefix, BootId, Instance, SessionEnd};

use super::registry::{Entry, Newcomer, SessionId};
use super::{Hub, HubError, rights};
use crate::storage::table::node;

/// What a node says of itself in its hello.
#[derive(Debug, Clone)]
pub(super) struct Applicant {
    pub node: NodeId,
    pub actor_prefix: ActorPrefix,
    pub instance: Instance,
    pub boot: BootId,
    pub connection: u64,
    pub software: String,
}

impl Hub {
    pub(super) fn admit(&self, session: SessionId, applicant: &Applicant) -> Result<Admission, HubError> {
        let read = self.db.read_blocking::<_, HubError, _>(|tx| {
            let Some(node) = node::get(tx, applicant.node)? else { return Ok(Err(SessionEnd::UnknownNode)) };
            if node.revoked_at_ms.is_some() {
                return Ok(Err(SessionEnd::Revoked));
            }
            if node.actor_prefix != applicant.actor_prefix {
                return Ok(Err(SessionEnd::ProtocolViolation));
            }
            let rows = rights::scopes_of(tx, &node)?;
            Ok(Ok(rows.iter().map(rights::hub_state).collect::<Result<Vec<_>, _>>()?))
        })?;
        let scopes = match read {
            Ok(scopes) => scopes,
            Err(end) => return Ok(Admission::Refused(end)),
        };
        let names: BTreeSet<_> = scopes.iter().map(|state| state.scope.clone()).collect();
        let Applicant { node, boot, connection, .. } = *applicant;
        match self.registry.enter(Newcomer { node, boot, connection }, session, names) {
            Entry::Entered => {
                tracing::info!(%node, software = applicant.software, instance = applicant.instance.0, "node admitted");
                Ok(Admission::Admitted { scopes })
            }
            Entry::Busy => Ok(Admission::Refused(SessionEnd::Busy)),
            Entry::Cloned => {
                tracing::warn!(%node, "refused a second process with this node's certificate");
                metrics::counter!("posto_sessions_cloned_total").increment(1);
                Ok(Admission::Refused(SessionEnd::Cloned))
            }
        }
    }
}
