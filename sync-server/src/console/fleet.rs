//! Nodes at the console: how each is doing, and taking its right to connect away.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use posto_api::ErrorCode;
use posto_api::admin::{AdminNode, AdminRefusal};
use posto_api::session::Named;
use posto_domain::policy::{Action, Resource, ResourceKind};
use posto_domain::{ClinicId, DocumentId, Kind, LocationId, NodeId, Scope};
use posto_sync::{ChangeRefusal, Seq};

use super::{Caller, Console, ConsoleError};
use crate::revocation::{Revocation, Revocations};
use crate::storage::table::node::NodeRow;
use crate::storage::table::scope::{ScopeId, ScopeRow};
use crate::storage::table::{clinic, location, node, refusal, scope};
use crate::storage::{DbError, Tx};
use crate::time::utc;

/// Refused changes shown at once: the newest.
const REFUSALS_SHOWN: u32 = 200;

/// What a list of nodes is made of.
struct Snapshot {
    nodes: Vec<NodeRow>,
    clinics: HashMap<ClinicId, String>,
    locations: HashMap<LocationId, String>,
    scopes: Vec<ScopeRow>,
    progress: HashMap<(NodeId, ScopeId), Seq>,
    refused: HashMap<NodeId, u64>,
}

fn read(tx: &Tx<'_>) -> Result<Snapshot, DbError> {
    Ok(Snapshot {
        nodes: node::list(tx, None)?,
        clinics: clinic::list(tx)?.into_iter().map(|row| (row.id, row.name)).collect(),
        locations: location::list(tx, None)?.into_iter().map(|row| (row.id, row.name)).collect(),
        scopes: scope::list(tx)?,
        progress: node::scope_progress(tx)?
            .into_iter()
            .map(|row| ((row.node, row.scope), row.cursor))
            .collect(),
        refused: refusal::counts_by_node(tx)?.into_iter().collect(),
    })
}

impl Console {
    /// The nodes that the caller may see.
    pub(crate) fn nodes(&self, caller: &Caller) -> Result<Vec<AdminNode>, ConsoleError> {
        let snapshot = self.installation.db.read_blocking::<_, DbError, _>(read)?;
        let connected = self.hub.registry.connected();
        let seen = |row: &&NodeRow| {
            self.allows(caller, Action::Read, &Resource::of(ResourceKind::Device, row.clinic))
        };
        Ok(snapshot.nodes.iter().filter(seen).map(|row| self.describe(row, &snapshot, &connected)).collect())
    }

    fn describe(&self, row: &NodeRow, snapshot: &Snapshot, connected: &BTreeSet<NodeId>) -> AdminNode {
        let health = self.health.get(row.id).unwrap_or_default();
        let online = connected.contains(&row.id);
        let behind = snapshot
            .scopes
            .iter()
            .filter(|scope| holds(row, scope.scope))
            .map(|scope| {
                let live = health.cursors.iter().find(|(name, _)| name.as_str() == scope.scope.to_string());
                let cursor = live.map(|(_, cursor)| *cursor);
                let cursor = cursor.or_else(|| snapshot.progress.get(&(row.id, scope.id)).copied());
                scope.head.0.saturating_sub(cursor.unwrap_or_default().0)
            })
            .sum();
        AdminNode {
            id: row.id.to_string(),
            name: row.name.clone(),
            clinic: named(row.clinic.to_string(), snapshot.clinics.get(&row.clinic)),
            location: row.location.map(|id| named(id.to_string(), snapshot.locations.get(&id))),
            online,
            in_sync: behind == 0,
            behind,
            last_seen_at: match health.last_seen_at_ms {
                0 => row.last_seen_at_ms.map(utc),
                at_ms => Some(utc(at_ms)),
            },
            version: health.software.or_else(|| row.software.clone()),
            clock_offset_ms: health.clock_offset_ms.or(row.clock_offset_ms),
            enrolled_at: utc(row.enrolled_at_ms),
            certificate_until: utc(row.certificate_until_ms),
            revoked_at: row.revoked_at_ms.map(utc),
            refused: snapshot.refused.get(&row.id).copied().unwrap_or(0),
            repairs: health.repairs,
        }
    }

    pub(crate) fn revoke_node(
        &self,
        caller: &Caller,
        id: NodeId,
        reason: Option<String>,
    ) -> Result<(), ConsoleError> {
        let row = self.installation.db.read_blocking::<_, DbError, _>(|tx| node::get(tx, id))?;
        // Somebody else's node is answered as none.
        let row = row
            .filter(|row| self.allows(caller, Action::Read, &Resource::of(ResourceKind::Device, row.clinic)))
            .ok_or(ConsoleError::Refused(ErrorCode::NotFound))?;
        self.authorise(caller, Action::Revoke, &Resource::of(ResourceKind::Device, row.clinic))?;
        let directory = Arc::clone(&self.installation.directory);
        let revocations = Revocations::of(&self.installation.folder);
        let revocation = Revocation { node: id, decided_by: caller.actor.user, at_ms: self.now_ms() };
        let revoked = self.write(caller, "node.revoke", move |tx| {
            let revoked = revocations.revoke(tx, &directory, &revocation, reason.as_deref())?;
            Ok((revoked, format!("node/{id}")))
        })?;
        if revoked { Ok(()) } else { Err(ConsoleError::Refused(ErrorCode::AlreadyDone)) }
    }

    /// The newest refused changes of nodes that the caller may see.
    pub(crate) fn refusals(&self, caller: &Caller) -> Result<Vec<AdminRefusal>, ConsoleError> {
        let (rows, nodes) = self.installation.db.read_blocking::<_, DbError, _>(|tx| {
            Ok((refusal::newest(tx, REFUSALS_SHOWN)?, node::list(tx, None)?))
        })?;
        let clinic_of: HashMap<NodeId, ClinicId> = nodes.iter().map(|row| (row.id, row.clinic)).collect();
        let seen = |id: &NodeId| {
            clinic_of.get(id).is_some_and(|clinic| {
                self.allows(caller, Action::Operate, &Resource::of(ResourceKind::Node, *clinic))
            })
        };
        let shown = rows.into_iter().filter(|row| seen(&row.node)).map(|row| AdminRefusal {
            node_id: row.node.to_string(),
            document_id: DocumentId::from_bytes(row.doc.0).to_string(),
            kind: Kind::from_code(row.kind.0).to_string(),
            reason: reason_name(row.reason).to_owned(),
            refused_at: utc(row.refused_at_ms),
            size: row.size,
        });
        Ok(shown.collect())
    }
}

fn holds(node: &NodeRow, scope: Scope) -> bool {
    match scope {
        Scope::Clinic(clinic) | Scope::Directory(clinic) => clinic == node.clinic,
        Scope::Location(location) => node.location == Some(location),
        Scope::Local(_) => false,
    }
}

fn named(id: String, name: Option<&String>) -> Named {
    Named { name: name.cloned().unwrap_or_default(), id }
}

fn reason_name(reason: ChangeRefusal) -> &'static str {
    match reason {
        ChangeRefusal::Malformed => "malformed",
        ChangeRefusal::ForeignActor => "foreign_actor",
        ChangeRefusal::ScopeForbidden => "scope_forbidden",
        ChangeRefusal::KindForbidden => "kind_forbidden",
        ChangeRefusal::MissingDependency => "missing_dependency",
        ChangeRefusal::TooLarge => "too_large",
        ChangeRefusal::Erased => "erased",
        ChangeRefusal::DuplicateSequence => "duplicate_sequence",
        ChangeRefusal::Other(_) => "other",
    }
}
