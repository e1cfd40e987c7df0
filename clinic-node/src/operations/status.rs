//! What the node holds and how it stands with the server.

use posto_api::sync::SyncStatus;
use serde::{Deserialize, Serialize};

use crate::app::{App, AppResult};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) node_id: String,
    pub(crate) clinic: String,
    pub(crate) locations: Vec<String>,
    pub(crate) version: String,
    pub(crate) documents: Vec<Count>,
    pub(crate) sync: SyncStatus,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) kind: String,
    pub(crate) count: u64,
}

impl Report {
    pub(super) fn of(app: &App) -> AppResult<Self> {
        let place = &app.identity.place;
        let counts = app.store.read(|r| r.document_counts())?;
        let count = |(kind, count): (posto_domain::Kind, u64)| Count { kind: kind.name().to_owned(), count };
        Ok(Self {
            node_id: place.node.id.to_string(),
            clinic: place.clinic.name.clone(),
            locations: place.locations.iter().map(|location| location.name.clone()).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            documents: counts.into_iter().map(count).collect(),
            sync: app.sync_facts()?,
        })
    }
}
