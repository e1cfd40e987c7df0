//! The database of an enrolled node that is not running, opened to work on it as the desk would.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use posto_domain::id::UlidNewtype as _;
use posto_domain::{ClinicId, NodeId};
use posto_net::NodeIdentity;
use posto_store::{Store, StoreKey, StoreOptions};

use super::DeskWriter;
use crate::clock::TestClock;

/// An opened data folder.
#[derive(Debug)]
pub struct Desk {
    pub store: Store,
    pub clinic: ClinicId,
    pub node: NodeId,
}

impl Desk {
    /// Opens the folder of an enrolled node.
    pub fn open(folder: &Path) -> Result<Self> {
        let card = NodeIdentity::load(&folder.join("identity"))?.card;
        let key = StoreKey::read_file(&folder.join("db.key"))?;
        Ok(Self {
            clinic: ClinicId::of(card.clinic.id.to_bytes()),
            node: NodeId::of(card.node.id.to_bytes()),
            store: Store::open(folder, key, StoreOptions::new(Arc::new(TestClock)))?,
        })
    }

    /// Who writes at this desk from now on.
    pub fn writer(&self) -> DeskWriter {
        DeskWriter::new(self.node, self.clinic)
    }
}
