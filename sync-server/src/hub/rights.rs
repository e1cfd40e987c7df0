//! Which scopes a node holds, and whether it may write them.

use posto_domain::{ClinicId, NodeId, Scope, ScopeKind};
use posto_sync::{ActorPrefix, HubScopeState, ScopeName};

use super::{HubError, scope_name};
use crate::storage::Tx;
use crate::storage::table::node::NodeRow;
use crate::storage::table::scope::ScopeRow;
use crate::storage::table::{installation, node, scope};

/// A node in good standing, as this transaction sees it.
pub(super) fn standing(tx: &Tx<'_>, id: NodeId) -> Result<NodeRow, HubError> {
    let row = node::get(tx, id)?.ok_or(HubError::UnknownNode)?;
    if row.revoked_at_ms.is_some() { Err(HubError::UnknownNode) } else { Ok(row) }
}

/// The clinic whose attachments a node may see.
pub(super) fn clinic_of(tx: &Tx<'_>, id: NodeId) -> Result<ClinicId, HubError> {
    standing(tx, id).map(|node| node.clinic)
}

/// Every scope of a node: its clinic's, its directory, its location's.
pub(super) fn scopes_of(tx: &Tx<'_>, node: &NodeRow) -> Result<Vec<ScopeRow>, HubError> {
    let mut rows = scope::of_clinic(tx, node.clinic)?;
    rows.retain(|row| holds(node, row.scope));
    Ok(rows)
}

/// One scope, if it is this node's.
pub(super) fn scope_of(tx: &Tx<'_>, id: NodeId, name: &ScopeName) -> Result<ScopeRow, HubError> {
    let node = standing(tx, id)?;
    let wanted: Scope = name.as_str().parse().map_err(|_| HubError::ForeignScope)?;
    if !holds(&node, wanted) {
        return Err(HubError::ForeignScope);
    }
    scope::by_name(tx, wanted)?.ok_or(HubError::ForeignScope)
}

/// So long after a restore nodes may bring back each other's changes.
const RECOVERY_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Whose changes this node may push: its own. After a restore the database lacks changes that it had
/// acknowledged; whichever node of the clinic still holds one may then bring it back, for its author may be
/// gone, and changes of several authors rest on each other.
pub(super) fn authors(
    tx: &Tx<'_>,
    id: NodeId,
    own: ActorPrefix,
    now_ms: i64,
) -> Result<Vec<ActorPrefix>, HubError> {
    let restored = installation::get(tx, installation::RESTORED_AT)?;
    let restored_ms = restored.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes);
    if restored_ms.is_none_or(|restored_ms| now_ms.saturating_sub(restored_ms) > RECOVERY_MS) {
        return Ok(vec![own]);
    }
    let clinic = standing(tx, id)?.clinic;
    Ok(node::list(tx, Some(clinic))?.into_iter().map(|node| node.actor_prefix).collect())
}

fn holds(node: &NodeRow, scope: Scope) -> bool {
    match scope {
        Scope::Clinic(clinic) | Scope::Directory(clinic) => clinic == node.clinic,
        Scope::Location(location) => node.location == Some(location),
        Scope::Local(_) => false,
    }
}

/// The directory is the server's to write; what else a node holds, it writes.
pub(super) fn writable(scope: Scope) -> bool {
    matches!(scope.kind(), ScopeKind::Clinic | ScopeKind::Location)
}

pub(super) fn hub_state(row: &ScopeRow) -> Result<HubScopeState, HubError> {
    Ok(HubScopeState {
        scope: scope_name(row.scope)?,
        epoch: row.epoch,
        head: row.head,
        count: row.count,
        fingerprint: row.fingerprint,
        erasure_head: row.erasure_head,
        writable: writable(row.scope),
    })
}
