//! A node of a clinic without a server, for tests from within.

use std::path::Path;
use std::sync::Arc;

use posto_api::patient::RegisterPatient;
use posto_domain::{ClinicId, LocationId, NodeId, PatientId};

use super::{App, Caller, create_database};
use crate::identity::{Identity, Membership, Named, Place};
use crate::ports::Ports;
use crate::{Config, DataDir};

pub(crate) fn open(folder: &Path) -> Arc<App> {
    let data = DataDir::new(folder);
    data.create().unwrap();
    create_database(&data).unwrap();
    let place = Place {
        node: Named { id: NodeId::from_bytes([1; 16]), name: "Desk".into() },
        clinic: Named { id: ClinicId::from_bytes([2; 16]), name: "Clínica Boa".into() },
        locations: vec![Named { id: LocationId::from_bytes([3; 16]), name: "Centro".into() }],
        jurisdiction: Some("BR".into()),
    };
    let identity = Identity { place, membership: Membership::Standalone };
    App::open_as(data, Config::default(), Ports::system(), identity).unwrap()
}

/// Registers somebody.
pub(crate) fn patient(app: &App) -> PatientId {
    let record = serde_json::json!({"name": {"text": "Maria Silva"}});
    let request = serde_json::json!({"record": record, "confirm_new": true});
    let request: RegisterPatient = serde_json::from_value(request).unwrap();
    app.register_patient(&Caller::operator(app), request).unwrap().id.parse().unwrap()
}
