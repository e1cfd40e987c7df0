//! Record numbers: ranges reserved for each node, handed out as a setting of its own.

use std::sync::Arc;

use posto_domain::record_number::{
    GRANT_KEY_PREFIX, NumberAllocator, NumberGrant, NumberRange, RANGE_SIZE_DEFAULT, is_restored,
};
use posto_domain::setting::Setting;
use posto_domain::{ClinicId, DocumentId, NodeId, Scope, UserId};
use posto_sync::Instance;

use super::{Directory, DirectoryError, records};
use crate::storage::table::{node, number_range};
use crate::storage::{Db, DbError, Tx};

/// Most numbers reserved at a time.
const RANGE_SIZE_MAX: i64 = 16 * RANGE_SIZE_DEFAULT;

/// Key of the setting that carries a node's ranges: its value is a [`NumberGrant`] as JSON.
pub(crate) fn setting_key(node: NodeId) -> String {
    format!("{GRANT_KEY_PREFIX}{node}")
}

impl Directory {
    /// Reserves the next range for a node and tells it: as many numbers as it ever got, so that an import of
    /// thousands has its numbers after a few rounds, and a small clinic keeps short ones.
    pub(crate) fn grant_numbers(
        &self,
        tx: &Tx<'_>,
        clinic: ClinicId,
        node: NodeId,
    ) -> Result<(), DirectoryError> {
        let size = number_range::granted(tx, node)?.clamp(RANGE_SIZE_DEFAULT, RANGE_SIZE_MAX);
        let mut free = NumberAllocator { next: number_range::next_free(tx, clinic)? };
        let range = free.reserve(size).ok_or(DirectoryError::NumbersSpent)?;
        number_range::insert(tx, clinic, Some(node), range, self.now_ms())?;
        self.tell_numbers(tx, clinic, node)
    }

    /// A node's database shows itself; a write only when it is not the one that came last.
    pub(crate) fn meet(
        self: &Arc<Self>,
        db: &Db,
        id: NodeId,
        instance: Instance,
    ) -> Result<(), DirectoryError> {
        if db.read_blocking::<_, DbError, _>(|tx| node::instance(tx, id))? == Some(instance) {
            return Ok(());
        }
        let directory = Arc::clone(self);
        db.write_blocking(move |tx| directory.take_note(tx, id, instance))
    }

    /// Another database than before, or a restored one, may have given numbers after its backup that nobody
    /// knows of: the node's ranges are closed, and it gets a new one under this instance's name.
    fn take_note(&self, tx: &Tx<'_>, id: NodeId, instance: Instance) -> Result<(), DirectoryError> {
        let known = node::instance(tx, id)?;
        let Some(row) = node::get(tx, id)?.filter(|row| row.revoked_at_ms.is_none()) else { return Ok(()) };
        if known == Some(instance) {
            return Ok(());
        }
        node::set_instance(tx, id, instance)?;
        if known.is_none() && !is_restored(instance.0) {
            return Ok(());
        }
        number_range::close(tx, id)?;
        self.grant_numbers(tx, row.clinic, id)
    }

    fn tell_numbers(&self, tx: &Tx<'_>, clinic: ClinicId, node: NodeId) -> Result<(), DirectoryError> {
        let (scope, key) = (Scope::Directory(clinic), setting_key(node));
        let known = records::<Setting>(tx, scope)?.into_iter().find(|setting| setting.key == key);
        let open = |range: &NumberRange| range.left() > 0;
        let grant = NumberGrant {
            ranges: number_range::of_node(tx, node)?.into_iter().filter(open).collect(),
            instance: node::instance(tx, node)?.map(|instance| instance.0),
        };
        let value = serde_json::to_string(&grant)
            .map_err(|error| DirectoryError::Document(posto_documents::Error::Unserialisable(error)))?;
        match known {
            Some(known) => {
                self.edit::<Setting>(tx, scope, known.id, UserId::SYSTEM, |setting| setting.value = value)
            }
            None => {
                let id = self.draw::<DocumentId>();
                let setting = Setting { id, key, value, location: None, effective_from: None };
                self.create(tx, scope, UserId::SYSTEM, &setting)
            }
        }
    }
}
