//! Adopting the server's incarnation of a scope after a repair.

use posto_sync::{Epoch, ScopeName, ScopeState, Seq};

use crate::error::Result;
use crate::store::Store;
use crate::writer::Lane;

impl Store {
    pub(super) fn adopt(&self, scope: &ScopeName, epoch: Epoch, cursor: Seq) -> Result<ScopeState> {
        let scope = scope.clone();
        self.submit(Lane::Background, move |tx| {
            let row = tx.scope_row(scope.as_str())?;
            if tx.scope_state(row)?.epoch.is_some_and(|known| known != epoch) {
                tx.offer_blobs_again()?;
            }
            tx.set_scope_position(row, epoch, cursor, None)?;
            tx.current_scope_state(row)
        })
        .wait()
    }
}
