//! Whether a node may have a session, and what it finds there.

use posto_domain::NodeId;
use posto_sync::hub::Admission;
use posto_sync::{ActorPrefix, BootId, HubScopeState, Instance, SessionEnd};

use super::registry::SessionId;
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
        // Before the scopes are read: what an earlier session of this node still writes is then done.
        if let Some(place) = self.registry.place(session)
            && let Err(end) = place.claim(applicant.boot, applicant.connection)
        {
            note_refused(applicant.node, end);
            return Ok(Admission::Refused(end));
        }
        match self.db.read_blocking(|tx| read_scopes(tx, applicant))? {
            Ok(scopes) => {
                let names = scopes.iter().map(|state| state.scope.clone()).collect();
                self.registry.admit(session, names);
                // Read again: what was committed before the session was listening must be in its picture.
                let scopes = match self.db.read_blocking(|tx| read_scopes(tx, applicant))? {
                    Ok(scopes) => scopes,
                    Err(end) => return Ok(Admission::Refused(end)),
                };
                let Applicant { node, ref software, instance, .. } = *applicant;
                tracing::info!(%node, software, instance = instance.0, "node admitted");
                Ok(Admission::Admitted { scopes })
            }
            Err(end) => {
                note_refused(applicant.node, end);
                Ok(Admission::Refused(end))
            }
        }
    }
}

fn read_scopes(
    tx: &crate::storage::Tx<'_>,
    applicant: &Applicant,
) -> Result<Result<Vec<HubScopeState>, SessionEnd>, HubError> {
    let Some(node) = node::get(tx, applicant.node)? else { return Ok(Err(SessionEnd::UnknownNode)) };
    if node.revoked_at_ms.is_some() {
        return Ok(Err(SessionEnd::Revoked));
    }
    if node.actor_prefix != applicant.actor_prefix {
        return Ok(Err(SessionEnd::ProtocolViolation));
    }
    let rows = rights::scopes_of(tx, &node)?;
    Ok(Ok(rows.iter().map(rights::hub_state).collect::<Result<_, _>>()?))
}

fn note_refused(node: NodeId, end: SessionEnd) {
    tracing::warn!(%node, ?end, "refused a session");
    let reason = if end == SessionEnd::Cloned { "cloned" } else { "other" };
    metrics::counter!("posto_sessions_refused_total", "reason" => reason).increment(1);
}
