//! Nodes: who is enrolled, with which certificate, and how they are doing.

use posto_domain::{ClinicId, LocationId, NodeId};
use posto_sync::{ActorPrefix, Instance, Seq};

use super::scope::ScopeId;
use crate::storage::value::params;
use crate::storage::{DbError, Row, Tx};

#[derive(Debug, Clone)]
pub(crate) struct NodeRow {
    pub id: NodeId,
    pub clinic: ClinicId,
    pub location: Option<LocationId>,
    pub name: String,
    pub actor_prefix: ActorPrefix,
    /// Of the newest certificate; hexadecimal.
    pub serial: String,
    /// Of the one before, as long as the node has not shown the newest: its answer may have been lost.
    pub previous_serial: Option<String>,
    pub certificate_until_ms: i64,
    pub enrolled_at_ms: i64,
    pub revoked_at_ms: Option<i64>,
    pub last_seen_at_ms: Option<i64>,
    pub online: bool,
    pub software: Option<String>,
    /// The server's clock minus the node's.
    pub clock_offset_ms: Option<i64>,
}

const COLUMNS: &str = "id, clinic, location, name, actor_prefix, serial, previous_serial, certificate_until, enrolled_at, revoked_at, \
                       last_seen_at, online, software, clock_offset_ms";

fn read(row: &Row<'_>) -> Result<NodeRow, DbError> {
    Ok(NodeRow {
        id: row.id(0)?,
        clinic: row.id(1)?,
        location: row.id_opt(2)?,
        name: row.text(3)?,
        actor_prefix: ActorPrefix(row.array(4)?),
        serial: row.text(5)?,
        previous_serial: row.text_opt(6)?,
        certificate_until_ms: row.int(7)?,
        enrolled_at_ms: row.int(8)?,
        revoked_at_ms: row.int_opt(9)?,
        last_seen_at_ms: row.int_opt(10)?,
        online: row.bool(11)?,
        software: row.text_opt(12)?,
        clock_offset_ms: row.int_opt(13)?,
    })
}

pub(crate) fn insert(tx: &Tx<'_>, node: &NodeRow) -> Result<(), DbError> {
    let location = node.location.map(LocationId::to_bytes);
    tx.execute(
        "INSERT INTO node (id, clinic, location, name, actor_prefix, serial, certificate_until, enrolled_at, online, software)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)",
        params![
            &node.id.to_bytes(),
            &node.clinic.to_bytes(),
            location.as_ref(),
            &node.name,
            &node.actor_prefix.0,
            &node.serial,
            node.certificate_until_ms,
            node.enrolled_at_ms,
            node.software.as_deref(),
        ],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Tx<'_>, id: NodeId) -> Result<Option<NodeRow>, DbError> {
    tx.row_opt(&format!("SELECT {COLUMNS} FROM node WHERE id = $1"), params![&id.to_bytes()], read)
}

/// All nodes, or one clinic's, in the order they were enrolled.
pub(crate) fn list(tx: &Tx<'_>, clinic: Option<ClinicId>) -> Result<Vec<NodeRow>, DbError> {
    match clinic {
        Some(clinic) => tx.rows(
            &format!("SELECT {COLUMNS} FROM node WHERE clinic = $1 ORDER BY id"),
            params![&clinic.to_bytes()],
            read,
        ),
        None => tx.rows(&format!("SELECT {COLUMNS} FROM node ORDER BY id"), &[], read),
    }
}

pub(crate) fn revoked(tx: &Tx<'_>) -> Result<Vec<NodeId>, DbError> {
    tx.rows("SELECT id FROM node WHERE revoked_at IS NOT NULL", &[], |row| row.id(0))
}

/// Enters a new certificate; `shown` is the serial of the one that asked for it.
pub(crate) fn set_certificate(
    tx: &Tx<'_>,
    id: NodeId,
    shown: &str,
    serial: &str,
    until_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE node SET previous_serial = $2, serial = $3, certificate_until = $4 WHERE id = $1",
        params![&id.to_bytes(), shown, serial, until_ms],
    )?;
    Ok(())
}

/// The node has shown its newest certificate: the one before is worth nothing from now on.
pub(crate) fn forget_previous_serial(tx: &Tx<'_>, id: NodeId) -> Result<(), DbError> {
    tx.execute("UPDATE node SET previous_serial = NULL WHERE id = $1", params![&id.to_bytes()])?;
    Ok(())
}

/// False when the node does not exist or was revoked before.
pub(crate) fn revoke(tx: &Tx<'_>, id: NodeId, at_ms: i64) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE node SET revoked_at = $2, online = 0 WHERE id = $1 AND revoked_at IS NULL",
        params![&id.to_bytes(), at_ms],
    )?;
    Ok(changed == 1)
}

/// The instance of the node's database that came last, once it has come.
pub(crate) fn instance(tx: &Tx<'_>, id: NodeId) -> Result<Option<Instance>, DbError> {
    let sql = "SELECT instance FROM node WHERE id = $1 AND instance IS NOT NULL";
    tx.row_opt(sql, params![&id.to_bytes()], |row| Ok(Instance(row.int(0)?.cast_unsigned())))
}

pub(crate) fn set_instance(tx: &Tx<'_>, id: NodeId, instance: Instance) -> Result<(), DbError> {
    tx.execute("UPDATE node SET instance = $2 WHERE id = $1", params![&id.to_bytes(), instance.0])?;
    Ok(())
}

/// What a session says of its node.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub at_ms: i64,
    pub online: bool,
    pub software: Option<String>,
    pub clock_offset_ms: Option<i64>,
}

pub(crate) fn set_seen(tx: &Tx<'_>, id: NodeId, seen: &Seen) -> Result<(), DbError> {
    tx.execute(
        "UPDATE node SET last_seen_at = $2, online = $3, software = COALESCE($4, software),
         clock_offset_ms = COALESCE($5, clock_offset_ms) WHERE id = $1",
        params![&id.to_bytes(), seen.at_ms, seen.online, seen.software.as_deref(), seen.clock_offset_ms],
    )?;
    Ok(())
}

/// Nobody is connected to a server that just started.
pub(crate) fn set_all_offline(tx: &Tx<'_>) -> Result<(), DbError> {
    tx.execute("UPDATE node SET online = 0 WHERE online <> 0", &[])?;
    Ok(())
}

/// How far a node is in a scope.
#[derive(Debug, Clone)]
pub(crate) struct NodeScopeRow {
    pub node: NodeId,
    pub scope: ScopeId,
    pub cursor: Seq,
    /// When node and server last agreed on everything.
    pub in_sync_at_ms: Option<i64>,
}

pub(crate) fn set_scope_progress(tx: &Tx<'_>, row: &NodeScopeRow, now_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO node_scope (node, scope, cursor, in_sync_at, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (node, scope) DO UPDATE SET cursor = excluded.cursor,
         in_sync_at = COALESCE(excluded.in_sync_at, node_scope.in_sync_at), changed_at = excluded.changed_at",
        params![&row.node.to_bytes(), row.scope.0, row.cursor.0, row.in_sync_at_ms, now_ms],
    )?;
    Ok(())
}

pub(crate) fn scope_progress(tx: &Tx<'_>) -> Result<Vec<NodeScopeRow>, DbError> {
    tx.rows("SELECT node, scope, cursor, in_sync_at FROM node_scope", &[], |row| {
        Ok(NodeScopeRow {
            node: row.id(0)?,
            scope: ScopeId(row.int(1)?),
            cursor: Seq(row.u64(2)?),
            in_sync_at_ms: row.int_opt(3)?,
        })
    })
}
