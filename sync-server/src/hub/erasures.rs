//! The erasure ledger as nodes read and confirm it.

use posto_domain::NodeId;
use posto_sync::ScopeName;
use posto_sync::hub::HubAnswer;

use super::{Hub, HubError, rights};
use crate::storage::table::erasure;

impl Hub {
    pub(super) fn read_erasures(
        &self,
        node: NodeId,
        scope: &ScopeName,
        after: u64,
        max: usize,
    ) -> Result<HubAnswer, HubError> {
        self.db.read_blocking(|tx| {
            let row = rights::scope_of(tx, node, scope)?;
            // Nodes ask soon after an erasure: what was erased is then in no kept page any more.
            self.pages.keep_only(row.id, row.epoch);
            let mut entries = erasure::after(tx, row.id, after, max.saturating_add(1))?;
            let more = entries.len() > max;
            entries.truncate(max);
            Ok(HubAnswer::ReadErasures { entries, more })
        })
    }

    pub(super) fn confirm_erasures(
        &self,
        node: NodeId,
        scope: &ScopeName,
        cursor: u64,
    ) -> Result<HubAnswer, HubError> {
        let (scope, now_ms) = (scope.clone(), self.clock.now_ms());
        self.db.write_blocking(move |tx| {
            let row = rights::scope_of(tx, node, &scope)?;
            erasure::confirm(tx, node, row.id, cursor.min(row.erasure_head), now_ms)?;
            Ok(HubAnswer::ErasuresConfirmed)
        })
    }
}
