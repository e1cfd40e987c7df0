//! Nodes as the directory shows them to each other.

use posto_domain::device::{Device, DeviceKind};
use posto_domain::{EntryKey, Scope, UserId};

use super::{Directory, DirectoryError};
use crate::revocation::Revocation;
use crate::storage::Tx;
use crate::storage::table::node::{self, NodeRow};
use crate::storage::table::signal;

impl Directory {
    /// Enters an enrolled node.
    pub(crate) fn add_node(
        &self,
        tx: &Tx<'_>,
        row: &NodeRow,
        fingerprint: [u8; 32],
    ) -> Result<(), DirectoryError> {
        node::insert(tx, row)?;
        let mut device = Device::new(row.id, row.clinic, DeviceKind::Node, &row.name);
        if let Some(location) = row.location {
            device.locations.insert(location.cast::<EntryKey>(), location);
        }
        device.certificate_fingerprint = Some(hex::encode(fingerprint));
        device.enrolled_at_ms = Some(row.enrolled_at_ms);
        self.create(tx, Scope::Directory(row.clinic), UserId::SYSTEM, &device)?;
        signal::raise(tx, signal::NODES)?;
        Ok(())
    }

    /// Enters a node's new certificate.
    pub(crate) fn renew_node(
        &self,
        tx: &Tx<'_>,
        row: &NodeRow,
        fingerprint: [u8; 32],
    ) -> Result<(), DirectoryError> {
        self.edit::<Device>(tx, Scope::Directory(row.clinic), row.id.cast(), UserId::SYSTEM, |device| {
            device.certificate_fingerprint = Some(hex::encode(fingerprint));
        })
    }

    /// Takes a node's right to connect away; false when that was done before.
    pub(crate) fn revoke_node(
        &self,
        tx: &Tx<'_>,
        revocation: &Revocation,
        reason: Option<&str>,
    ) -> Result<bool, DirectoryError> {
        let Revocation { node: id, decided_by: by, at_ms } = *revocation;
        let row = node::get(tx, id)?.ok_or(DirectoryError::Missing("node"))?;
        if !node::revoke(tx, id, at_ms)? {
            return Ok(false);
        }
        self.edit::<Device>(tx, Scope::Directory(row.clinic), id.cast(), by, |device| {
            device.revoked_at_ms = Some(at_ms);
            device.revoked_by = Some(by);
            device.revoked_reason = reason.map(str::to_owned);
        })?;
        signal::raise(tx, signal::NODES)?;
        Ok(true)
    }
}
