//! The two ways into the database, shared by the store's handle and its own threads.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::shared::Shared;
use crate::transaction::ReadTx;
use crate::writer::Writer;

pub(crate) struct Core {
    pub(crate) writer: Writer,
    pub(crate) shared: Arc<Shared>,
}

impl Core {
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.shared.readers.read(&self.shared, work)
    }
}
