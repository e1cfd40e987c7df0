//! Record numbers: ranges reserved for each node, handed out as a setting of its own.

use posto_domain::record_number::{NumberAllocator, NumberRange, NumberSupply, RANGE_SIZE_DEFAULT};
use posto_domain::setting::Setting;
use posto_domain::{ClinicId, DocumentId, NodeId, Scope, UserId};

use super::{Directory, DirectoryError, records};
use crate::storage::Tx;
use crate::storage::table::number_range;

/// Key of the setting that carries a node's ranges: its value is a [`NumberSupply`] as JSON.
pub(crate) fn setting_key(node: NodeId) -> String {
    format!("record_number.ranges.{node}")
}

impl Directory {
    /// Reserves the next range for a node and tells it.
    pub(crate) fn grant_numbers(
        &self,
        tx: &Tx<'_>,
        clinic: ClinicId,
        node: NodeId,
    ) -> Result<(), DirectoryError> {
        let mut free = NumberAllocator { next: number_range::next_free(tx, clinic)? };
        let range = free.reserve(RANGE_SIZE_DEFAULT).ok_or(DirectoryError::NumbersSpent)?;
        number_range::insert(tx, clinic, Some(node), range, self.now_ms())?;
        let open = |range: &NumberRange| range.left() > 0;
        let ranges: Vec<NumberRange> = number_range::of_node(tx, node)?.into_iter().filter(open).collect();
        let value = serde_json::to_string(&NumberSupply { ranges })
            .map_err(|error| DirectoryError::Document(posto_documents::Error::Unserialisable(error)))?;
        let (scope, key) = (Scope::Directory(clinic), setting_key(node));
        match records::<Setting>(tx, scope)?.into_iter().find(|setting| setting.key == key) {
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
